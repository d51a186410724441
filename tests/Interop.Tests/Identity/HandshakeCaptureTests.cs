using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>What a network's observer sees of an association with another implementation: tshark finds nothing malformed, and decrypts it with our key log file.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(120_000)]
public sealed class HandshakeCaptureTests
{
    private const int SmallMtu = 500;
    private const int Port = 4433;

    private static readonly IPEndPoint Server = new(IPAddress.Loopback, Port);

    [Test]
    public void Tshark_finds_nothing_malformed_and_decrypts([Values] Implementation implementation, [Values] bool weServe)
    {
        DtlsProgram program = DtlsProgram.Of(implementation);
        Requires.Tools("tcpdump", "tshark");
        Requires.NetworkNamespace();
        using TempDirectory directory = new();
        string keys = directory.PathOf("keys.log");
        using NetworkNamespaces network = NetworkNamespaces.Create(1);
        using PacketCapture capture = new((tool, arguments) => network.Start(0, tool, arguments), "lo", directory.PathOf("lo.pcap"), Port);
        using DtlsContext context = OurContext(weServe, keys);
        using DtlsEndpoint endpoint = NamespaceThread.Run(network[0], () => new DtlsEndpoint(Options(context, weServe)));
        if (weServe)
        {
            using ChildProcess client = program.StartClient(
                new ProgramSettings { Authority = TestFiles.Ca, Certificate = TestFiles.ClientRsa, Mtu = SmallMtu }, Server, network.Options(0));
            using DtlsPeer peer = endpoint.TryAccept(Limits.Step)!;
            DtlsProgram.ExpectLinesBothWays(peer, client);
        }
        else
        {
            using ChildProcess server = program.StartServer(
                new ProgramSettings { Certificate = TestFiles.Server, Authority = TestFiles.RsaCa, Mtu = SmallMtu }, Port, network.Options(0));
            using DtlsPeer peer = endpoint.Connect(Server);
            program.ExpectTalk(peer, server);
        }

        capture.Stop();
        Assert.That(capture.Count(Tshark.Faults, keys), Is.Zero);
        string[][] packets = [.. capture.Fields("dtls", keys, "udp.srcport", "dtls.fragment.count", "dtls.handshake.type", "data.data").Select(line => line.Split('\t'))];
        Assert.That(packets.Count(packet => packet[1].Length > 0), Is.Positive, "messages were put together from fragments");
        Assert.That(packets.Count(packet => IsServers(packet) && HasFinished(packet)), Is.Positive, "the server's Finished is read");
        Assert.That(packets.Count(packet => !IsServers(packet) && HasFinished(packet)), Is.Positive, "the client's Finished is read");
        Assert.That(packets.Select(packet => packet[3]), Has.Some.EqualTo(Convert.ToHexStringLower("over\n"u8)));
    }

    private static bool IsServers(string[] packet) => packet[0] == $"{Port}";

    private static bool HasFinished(string[] packet) => packet[2].Split(',').Contains("20"); // RFC 5246 §7.4: encrypted, so only who has the keys sees its type

    private static DtlsContext OurContext(bool weServe, string keys)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(weServe ? TestPki.Server : TestPki.ClientRsa);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [TestPki.Ca, TestPki.RsaCa], KeyLogFile = keys });
    }

    private static DtlsEndpointOptions Options(DtlsContext context, bool weServe) => new()
    {
        LocalEndPoint = weServe ? Server : new IPEndPoint(IPAddress.Loopback, 0),
        ServerContext = weServe ? context : null,
        ClientContext = weServe ? null : context,
        MaxDatagramSize = SmallMtu,
        HandshakeTimeout = Limits.Step,
    };
}
