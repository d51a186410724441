using System.Net;
using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>Servers of OpenSSL and GnuTLS and our client: what the other fixtures have not.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class ProgramServerTests
{
    private const int SmallMtu = 500;

    [TestCaseSource(typeof(CipherSuites), nameof(CipherSuites.Default))]
    public void Every_default_suite_works_with_GnuTLS(TlsCipherSuite suite)
    {
        DtlsProgram program = DtlsProgram.Of(Implementation.GnuTls);
        ProgramSettings settings = new() { Suite = suite, Certificate = CipherSuites.IsRsa(suite) ? TestFiles.ServerRsa : TestFiles.Server };
        using ChildProcess server = program.StartServer(settings, out IPEndPoint endPoint);
        using DtlsContext context = settings.UsesPsk
            ? new DtlsContext(new DtlsContextOptions { ClientPsk = _ => new DtlsPsk(ProgramSettings.PskIdentity, ProgramSettings.PskKey) })
            : Contexts.Client();
        using DtlsEndpoint client = Call(context);
        using DtlsPeer peer = client.Connect(endPoint);
        Assert.That(peer.Negotiated!.CipherSuite, Is.EqualTo(suite));
        program.ExpectTalk(peer, server);
    }

    [Test]
    public void RSA_certificates_on_both_sides([Values] Implementation implementation)
    {
        DtlsProgram program = DtlsProgram.Of(implementation);
        using ChildProcess server = program.StartServer(new ProgramSettings { Certificate = TestFiles.ServerRsa, Authority = TestFiles.RsaCa }, out IPEndPoint endPoint);
        using DtlsContext context = Contexts.Client(TestPki.ClientRsa);
        using DtlsEndpoint client = Call(context);
        using DtlsPeer peer = client.Connect(endPoint);
        Assert.That(peer.Negotiated!.PeerCertificate!.RawData, Is.EqualTo(TestPki.ServerRsa.RawData));
        program.ExpectTalk(peer, server);
    }

    [Test]
    public void A_large_chain_and_client_certificates_in_small_datagrams([Values] Implementation implementation)
    {
        DtlsProgram program = DtlsProgram.Of(implementation);
        ProgramSettings settings = new()
        {
            Certificate = TestFiles.LargeChainServer, Intermediates = TestFiles.LargeChainIntermediates, Authority = TestFiles.RsaCa, Mtu = SmallMtu,
        };
        using ChildProcess server = program.StartServer(settings, out IPEndPoint endPoint);
        using DtlsContext context = Contexts.Client(TestPki.ClientRsa);
        using DtlsEndpoint client = Call(context, SmallMtu);
        using DtlsPeer peer = client.Connect(endPoint);
        Assert.That(peer.Negotiated!.PeerCertificate!.RawData, Is.EqualTo(LargeChain.Leaf.RawData));
        program.ExpectTalk(peer, server);
    }

    private static DtlsEndpoint Call(DtlsContext context, int mtu = 1_400) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ClientContext = context, MaxDatagramSize = mtu, HandshakeTimeout = Limits.Step,
    });
}
