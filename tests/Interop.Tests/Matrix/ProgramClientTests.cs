using System.Net;
using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>Clients of OpenSSL and GnuTLS and our server: what the other fixtures have not.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class ProgramClientTests
{
    private const int SmallMtu = 500;

    // After its handshake, when it describes the session, gnutls-cli 3.7 dies of a segmentation fault, whoever the server is.
    private const TlsCipherSuite CrashesGnuTlsClient = TlsCipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256;

    [TestCaseSource(typeof(CipherSuites), nameof(CipherSuites.Default))]
    public void Every_default_suite_works_with_GnuTLS(TlsCipherSuite suite)
    {
        DtlsProgram program = DtlsProgram.Of(Implementation.GnuTls);
        bool rsa = CipherSuites.IsRsa(suite);
        ProgramSettings settings = new() { Suite = suite, Authority = rsa ? TestFiles.RsaCa : TestFiles.Ca };
        using DtlsContext context = settings.UsesPsk
            ? new DtlsContext(new DtlsContextOptions { ServerPsk = identity => identity == ProgramSettings.PskIdentity ? ProgramSettings.PskKey : null })
            : Contexts.Server(rsa ? TestPki.ServerRsa : TestPki.Server);
        using DtlsEndpoint server = Serve(context);
        using ChildProcess client = program.StartClient(settings, server.LocalEndPoint);
        using DtlsPeer peer = server.TryAccept(Limits.Step)!;
        Assert.That(peer.Negotiated!.CipherSuite, Is.EqualTo(suite));
        if (suite != CrashesGnuTlsClient)
        {
            DtlsProgram.ExpectLinesBothWays(peer, client);
        }
    }

    [Test]
    public void RSA_certificates_on_both_sides([Values] Implementation implementation)
    {
        DtlsProgram program = DtlsProgram.Of(implementation);
        using DtlsContext context = Contexts.Server(TestPki.ServerRsa, DtlsClientCertificates.Required);
        using DtlsEndpoint server = Serve(context);
        using ChildProcess client = program.StartClient(new ProgramSettings { Authority = TestFiles.RsaCa, Certificate = TestFiles.ClientRsa }, server.LocalEndPoint);
        using DtlsPeer peer = server.TryAccept(Limits.Step)!;
        Assert.That(peer.Negotiated!.PeerCertificate!.RawData, Is.EqualTo(TestPki.ClientRsa.RawData));
        DtlsProgram.ExpectLinesBothWays(peer, client);
    }

    [Test]
    public void A_large_chain_and_client_certificates_in_small_datagrams_and_our_close_notify([Values] Implementation implementation)
    {
        DtlsProgram program = DtlsProgram.Of(implementation);
        using DtlsContext context = Contexts.Server(LargeChain.Leaf, DtlsClientCertificates.Required, intermediates: LargeChain.Intermediates);
        using DtlsEndpoint server = Serve(context, SmallMtu);
        using ChildProcess client = program.StartClient(
            new ProgramSettings { Authority = TestFiles.Ca, Certificate = TestFiles.ClientRsa, Mtu = SmallMtu }, server.LocalEndPoint);
        using DtlsPeer peer = server.TryAccept(Limits.Step)!;
        DtlsProgram.ExpectLinesBothWays(peer, client);
        peer.Close();
        Assert.That(client.WaitForExit(Limits.Step), Is.Zero, "the program ends in order, as it has got the close_notify");
    }

    private static DtlsEndpoint Serve(DtlsContext context, int mtu = 1_400) =>
        new(new DtlsEndpointOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ServerContext = context, MaxDatagramSize = mtu });
}
