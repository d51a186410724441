using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>Clients whose ClientHello is larger than a datagram: it comes in fragments, the cookie in the first.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(120_000)]
public sealed class FragmentedHelloTests
{
    [TestCase(256, 0, TestName = "openssl_with_a_ClientHello_just_larger_than_its_mtu")]
    [TestCase(256, 1_000, TestName = "openssl_with_a_ClientHello_of_many_fragments")]
    [TestCase(576, 6_000, TestName = "openssl_with_a_ClientHello_of_6_kilobytes")]
    public void Openssl(int mtu, int protocols)
    {
        Requires.Tool("openssl");
        using DtlsEndpoint server = Server();
        string[] large = protocols > 0 ? ["-alpn", Protocols(protocols)] : ["-servername", $"{new string('a', 60)}.{new string('b', 60)}.fifodtls.test"];
        string[] credentials = ["-cert", TestFiles.Client.CertificatePath, "-key", TestFiles.Client.KeyPath];
        using OpenSslClient client = OpenSslClient.StartQuiet(server.LocalEndPoint, ["-mtu", $"{mtu}", .. credentials, .. large]);
        client.Exchange("fragmented");
        client.End();
        RequireServedFromFragments(server);
    }

    [Test]
    public void Gnutls()
    {
        Requires.Tool("gnutls-cli");
        using DtlsEndpoint server = Server();
        string[] protocols = [.. Enumerable.Range(0, 8).Select(i => $"--alpn=application-protocol-number-{i}")];
        string[] credentials = ["--x509certfile", TestFiles.Client.CertificatePath, "--x509keyfile", TestFiles.Client.KeyPath];
        using ChildProcess client = ChildProcess.Start(
            "gnutls-cli", ["--udp", "--mtu", "256", "-p", $"{server.LocalEndPoint.Port}", "--x509cafile", TestFiles.Ca, .. credentials, .. protocols, "127.0.0.1"]);
        client.WaitForLine(OutputStream.Output, "^- Simple Client Mode:", Limits.Step);
        client.WriteLine("fragmented");
        client.WaitForLine(OutputStream.Output, "^fragmented$", Limits.Step);
        client.CloseInput();
        Assert.That(client.WaitForExit(Limits.Step), Is.Zero);
        RequireServedFromFragments(server);
    }

    private static DtlsEndpoint Server() => new(new DtlsEndpointOptions
    {
        LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
        ServerContext = new DtlsContext(new DtlsContextOptions
        {
            Credentials = DtlsCredentials.FromCertificate(TestPki.Server),
            TrustAnchors = [TestPki.Ca],
            ClientCertificates = DtlsClientCertificates.Required,
        }),
        Session = Echo,
    });

    private static void Echo(DtlsPeer peer)
    {
        byte[] buffer = new byte[2_048];
        for (DtlsReceiveResult result = peer.Receive(buffer); result.HasData; result = peer.Receive(buffer))
        {
            peer.Send(buffer.AsSpan(0, result.Length));
        }
    }

    private static void RequireServedFromFragments(DtlsEndpoint server)
    {
        DtlsEndpointStatistics statistics = server.Statistics;
        TestContext.Out.WriteLine(statistics);
        Assert.That((statistics.Accepted, statistics.HellosReassembled), Is.EqualTo((1, 1)));
        Assert.That(statistics.MalformedHellos + statistics.InvalidCookies + statistics.HandshakesFailed, Is.Zero);
    }

    // Protocol names that no server knows: they make a ClientHello as large as one likes.
    private static string Protocols(int bytes) => string.Join(',', Enumerable.Range(0, bytes / 40).Select(i => $"an-application-protocol-name-no-{i:D7}"));
}
