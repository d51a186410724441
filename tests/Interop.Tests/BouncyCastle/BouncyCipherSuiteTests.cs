using System.Net.Security;
using System.Text;
using FifoDtls.TestSupport;
using FifoDtls.Tests;
using Org.BouncyCastle.Crypto.Tls;

namespace FifoDtls.Interop.Tests;

/// <summary>Every default cipher suite, with certificates and with pre-shared keys, against BouncyCastle in both roles. It supports them all.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class BouncyCipherSuiteTests
{
    private const string Identity = "a thing";

    private static readonly TlsCipherSuite[] PskSuites = [.. CipherSuites.Psk.Select(suite => (TlsCipherSuite)suite.Arguments[1]!)];
    private static readonly TlsCipherSuite[] CertificateSuites = [.. CipherSuites.Default.Except(PskSuites)];

    private static byte[] Key => Encoding.ASCII.GetBytes("a key of 16 byte");

    [Test]
    public void The_suites_that_the_interop_tests_use_are_the_default_ones_and_no_others()
    {
        using DtlsContext certificates = Contexts.Client();
        using DtlsContext psk = PskClient();
        Assert.That(OfferedSuites.Of(certificates), Is.EquivalentTo(CertificateSuites));
        Assert.That(OfferedSuites.Of(psk), Is.EquivalentTo(PskSuites));
    }

    [TestCaseSource(nameof(CertificateSuites))]
    public void Its_client_is_served(TlsCipherSuite suite)
    {
        using DtlsContext context = Contexts.Server(CipherSuites.IsRsa(suite) ? TestPki.ServerRsa : TestPki.Server);
        using BouncyPair pair = BouncyPair.Serve(context, new BouncyClient { Suites = [suite] });
        Assert.That(pair.Establish().CipherSuite, Is.EqualTo(suite));
        pair.Close();
    }

    [TestCaseSource(nameof(CertificateSuites))]
    public void Its_server_is_reached(TlsCipherSuite suite)
    {
        using DtlsContext context = Contexts.Client();
        BouncyServer server = new(new BouncyIdentity(CipherSuites.IsRsa(suite) ? TestPki.ServerRsa : TestPki.Server)) { Suites = [suite] };
        using BouncyPair pair = BouncyPair.Call(context, server);
        Assert.That(pair.Establish().CipherSuite, Is.EqualTo(suite));
        pair.Close();
    }

    [TestCaseSource(nameof(PskSuites))]
    public void Its_client_with_a_PSK_is_served(TlsCipherSuite suite)
    {
        using DtlsContext context = new(new DtlsContextOptions { ServerPsk = identity => identity == Identity ? Key : null });
        using BouncyPair pair = BouncyPair.Serve(context, new BouncyPskClient(Identity, Key, suite));
        DtlsNegotiated negotiated = pair.Establish();
        Assert.That((negotiated.CipherSuite, negotiated.PskIdentity), Is.EqualTo((suite, Identity)));
        pair.Close();
    }

    [TestCaseSource(nameof(PskSuites))]
    public void Its_server_with_a_PSK_is_reached(TlsCipherSuite suite)
    {
        using DtlsContext context = PskClient();
        using BouncyPair pair = BouncyPair.Call(context, new BouncyPskServer(Identity, Key, suite));
        DtlsNegotiated negotiated = pair.Establish();
        Assert.That((negotiated.CipherSuite, negotiated.PskIdentity), Is.EqualTo((suite, Identity)));
        pair.Close();
    }

    [Test]
    public void An_identity_that_is_unknown_is_told_to_its_client()
    {
        using DtlsContext context = new(new DtlsContextOptions { ServerPsk = _ => null });
        using BouncyPair pair = BouncyPair.Serve(context, new BouncyPskClient(Identity, Key, PskSuites[0]));
        Assert.That(() => pair.Ours.Handshake(Limits.Step), Throws.TypeOf<DtlsProtocolException>());
        Assert.That(pair.ExpectFailure(), Is.TypeOf<TlsFatalAlert>().With.Property(nameof(TlsFatalAlert.AlertDescription)).EqualTo(AlertDescription.unknown_psk_identity));
    }

    private static DtlsContext PskClient() => new(new DtlsContextOptions { ClientPsk = _ => new DtlsPsk(Identity, Key) });
}
