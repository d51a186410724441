using System.Globalization;
using System.Net;
using FifoDtls.Stress;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>
/// OpenSSL and GnuTLS behind a proxy that loses, repeats and reorders datagrams of both directions, as its seed decides: the same faults to the n-th datagram each time. A large chain and client certificates in
/// small datagrams give it enough to do.
/// </summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(120_000)]
public sealed class LossyPathTests
{
    private const int SmallMtu = 500;
    private const int Seed = 5;

    // Outside the range that the sockets of the namespace have been given their ports from.
    private const int ClientPort = 20_000;

    private static readonly ProxyFaults Faults = new(Drop: 10, Duplicate: 5, Reorder: 10, Delay: 0, Corrupt: 0, Truncate: 0, Inject: 0);
    private static readonly TimeSpan HandshakeLimit = Limits.Step * 2;

    /// <summary>In a namespace, because the proxy must know the client's port and gnutls-cli takes what the system gives: there the system has only one to give.</summary>
    [Test]
    public void A_client_is_served([Values] Implementation implementation)
    {
        DtlsProgram program = DtlsProgram.Of(implementation);
        Requires.NetworkNamespace();
        Requires.Tool("sysctl");
        using NetworkNamespaces network = NetworkNamespaces.Create(1);
        using DtlsContext context = Contexts.Server(LargeChain.Leaf, DtlsClientCertificates.Required, intermediates: LargeChain.Intermediates);
        using DtlsEndpoint server = NamespaceThread.Run(network[0], () => new DtlsEndpoint(Options(server: context)));
        using LossyProxy proxy = NamespaceThread.Run(
            network[0], () => new LossyProxy(Faults, 1, new IPEndPoint(IPAddress.Loopback, ClientPort), server.LocalEndPoint, Seed));
        network.Run(0, Limits.Step, "sysctl", "-qw", string.Create(CultureInfo.InvariantCulture, $"net.ipv4.ip_local_port_range={ClientPort} {ClientPort}")).EnsureSuccess();

        ProgramSettings settings = new() { Authority = TestFiles.Ca, Certificate = TestFiles.ClientRsa, Mtu = SmallMtu };
        using ChildProcess client = program.StartClient(settings, new IPEndPoint(IPAddress.Loopback, proxy.Paths[0].FrontPort), network.Options(0));
        using DtlsPeer? peer = server.TryAccept(HandshakeLimit);

        Assert.That(peer, Is.Not.Null, () => $"{server.Statistics}\n{client.Text(OutputStream.Error)}");
        DtlsProgram.ExpectLinesBothWays(peer!, client);
        ExpectFaults(proxy);
    }

    [Test]
    public void A_server_is_reached([Values] Implementation implementation)
    {
        DtlsProgram program = DtlsProgram.Of(implementation);
        ProgramSettings settings = new()
        {
            Certificate = TestFiles.LargeChainServer, Intermediates = TestFiles.LargeChainIntermediates, Authority = TestFiles.RsaCa, Mtu = SmallMtu,
        };
        using ChildProcess server = program.StartServer(settings, out IPEndPoint endPoint);
        using DtlsContext context = Contexts.Client(TestPki.ClientRsa);
        using DtlsEndpoint client = new(Options(client: context));
        using LossyProxy proxy = new(Faults, 1, client.LocalEndPoint, endPoint, Seed);

        using DtlsPeer peer = client.Connect(new IPEndPoint(IPAddress.Loopback, proxy.Paths[0].FrontPort));

        program.ExpectTalk(peer, server);
        ExpectFaults(proxy);
    }

    private static DtlsEndpointOptions Options(DtlsContext? server = null, DtlsContext? client = null) => new()
    {
        LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
        ServerContext = server,
        ClientContext = client,
        MaxDatagramSize = SmallMtu,
        RetransmissionTimeout = TimeSpan.FromMilliseconds(200),
        HandshakeTimeout = HandshakeLimit,
    };

    private static void ExpectFaults(LossyProxy proxy)
    {
        ProxyCounters counters = proxy.Counters;
        TestContext.Out.WriteLine($"seed {Seed}: {counters.Forwarded} forwarded, {counters.Dropped} dropped, {counters.Duplicated} duplicated, {counters.Reordered} reordered");
        Assert.That((counters.Dropped > 0, counters.Reordered > 0), Is.EqualTo((true, true)));
    }
}
