using System.Net;
using System.Net.Security;
using System.Text;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>Cipher suites, groups, pre-shared keys and the exporter, with OpenSSL's programs on the other side.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class OpenSslIdentityTests
{
    private const string Identity = "a thing";
    private const string Label = "EXPERIMENTAL FifoDtls";

    private static byte[] Key => Encoding.ASCII.GetBytes("a key of 16 byte");

    private static string HexKey => Convert.ToHexString(Key);

    private static IEnumerable<TestCaseData> PskSuites =>
    [
        .. CipherSuites.Psk,
        new("PSK-AES128-CCM8", TlsCipherSuite.TLS_PSK_WITH_AES_128_CCM_8),
    ];

    private static DtlsContext PskServer(params TlsCipherSuite[] suites) =>
        new(new DtlsContextOptions { ServerPsk = identity => identity == Identity ? Key : null, CipherSuites = suites });

    private static DtlsContext PskClient(byte[]? key = null) => new(new DtlsContextOptions
    {
        ClientPsk = _ => new DtlsPsk(Identity, key ?? Key),
        CipherSuites = [.. PskSuites.Select(suite => (TlsCipherSuite)suite.Arguments[1]!)],
    });

    private static DtlsContext CertificateServer(IReadOnlyList<DtlsGroup> groups, params TlsCipherSuite[] suites)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(
            new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None, Groups = groups, CipherSuites = suites });
    }

    private static DtlsEndpoint Serve(DtlsContext context) =>
        new(new DtlsEndpointOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ServerContext = context });

    private static DtlsEndpoint Client(DtlsContext context, TimeSpan? timeout = null) => new(
        new DtlsEndpointOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ClientContext = context, HandshakeTimeout = timeout ?? Limits.Step });

    private static OpenSslClient StartPskClient(DtlsEndpoint server, string identity, string key, string cipher) =>
        OpenSslClient.StartAny(server.LocalEndPoint, "-dtls1_2", "-psk_identity", identity, "-psk", key, "-cipher", cipher);

    private static void ExpectLinesBothWays(DtlsPeer peer, ChildProcess program)
    {
        byte[] buffer = new byte[2048];
        peer.Send("down\n"u8);
        program.WaitForLine(OutputStream.Output, "down$", Limits.Step);
        program.WriteLine("up");
        DtlsReceiveResult result = peer.Receive(buffer, Limits.Step);
        Assert.That(Encoding.UTF8.GetString(buffer, 0, result.Length), Is.EqualTo("up\n"));
    }

    [TestCaseSource(nameof(PskSuites))]
    public void A_PSK_client_of_OpenSSL_is_served(string cipher, TlsCipherSuite suite)
    {
        Requires.Tool("openssl");
        using DtlsContext context = PskServer(suite);
        using DtlsEndpoint server = Serve(context);
        using OpenSslClient client = StartPskClient(server, Identity, HexKey, cipher);
        using DtlsPeer peer = server.TryAccept(Limits.Step)!;
        Assert.That(peer.Negotiated!.CipherSuite, Is.EqualTo(suite));
        Assert.That(peer.Negotiated.PskIdentity, Is.EqualTo(Identity));
        ExpectLinesBothWays(peer, client.Process);
    }

    [Test]
    public void A_client_of_OpenSSL_with_an_unknown_identity_is_told_so()
    {
        Requires.Tool("openssl");
        using DtlsContext context = PskServer();
        using DtlsEndpoint server = Serve(context);
        using OpenSslClient client = StartPskClient(server, "somebody else", HexKey, "PSK");
        client.ExpectRefusal("alert number 115"); // unknown_psk_identity
    }

    [TestCaseSource(nameof(PskSuites))]
    public void A_PSK_server_of_OpenSSL_is_reached(string cipher, TlsCipherSuite suite)
    {
        Requires.Tool("openssl");
        using OpenSslServer server = StartPskServer(cipher);
        using DtlsContext context = PskClient();
        using DtlsEndpoint client = Client(context);
        using DtlsPeer peer = client.Connect(server.EndPoint);
        Assert.That(peer.Negotiated!.CipherSuite, Is.EqualTo(suite));
        Assert.That(peer.Negotiated.PskIdentity, Is.EqualTo(Identity));
        ExpectLinesBothWays(peer, server.Process);
    }

    [Test]
    public void A_server_of_OpenSSL_with_another_key_is_not_taken()
    {
        Requires.Tool("openssl");
        using OpenSslServer server = StartPskServer("PSK-AES128-GCM-SHA256");
        using DtlsContext context = PskClient(new byte[16]);
        using DtlsEndpoint client = Client(context, TimeSpan.FromSeconds(3));
        Assert.That(() => client.Connect(server.EndPoint), Throws.TypeOf<DtlsProtocolException>().With.Message.Contains("keys of the two sides probably differ"));
    }

    [Test]
    public void A_server_of_OpenSSL_with_a_certificate_is_not_taken_by_a_client_with_a_PSK()
    {
        Requires.Tool("openssl");
        using OpenSslServer server = OpenSslServer.Start(TestFiles.Server);
        using DtlsContext context = new(new DtlsContextOptions { ClientPsk = _ => new DtlsPsk(Identity, Key), VerifyServer = false });
        using DtlsEndpoint client = Client(context);
        Assert.That(() => client.Connect(server.EndPoint), Throws.TypeOf<DtlsProtocolException>().With.Property("Alert").EqualTo(DtlsAlert.HandshakeFailure));
    }

    [TestCase("ECDHE-ECDSA-AES128-CCM", TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM, true)]
    [TestCase("ECDHE-ECDSA-AES256-GCM-SHA384", TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, true)]
    [TestCase("ECDHE-ECDSA-AES128-GCM-SHA256", TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, false)]
    public void Only_the_named_suites_are_accepted(string cipher, TlsCipherSuite suite, bool accepted)
    {
        Requires.Tool("openssl");
        using DtlsContext context = CertificateServer([], TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384);
        using DtlsEndpoint server = Serve(context);
        using OpenSslClient client = OpenSslClient.StartTrusting(TestFiles.Ca, server.LocalEndPoint, "-cipher", cipher);
        if (!accepted)
        {
            client.ExpectRefusal("alert number 40"); // handshake_failure
            return;
        }

        using DtlsPeer peer = server.TryAccept(Limits.Step)!;
        Assert.That(peer.Negotiated!.CipherSuite, Is.EqualTo(suite));
        ExpectLinesBothWays(peer, client.Process);
    }

    [TestCase("P-384:P-256", "ECDH, secp384r1", true)]
    [TestCase("X448:P-256", "X448", true)]
    [TestCase("X25519:P-256", "", false)]
    public void Only_the_named_groups_are_accepted(string curves, string key, bool accepted)
    {
        Requires.Tool("openssl");
        using DtlsContext context = CertificateServer([DtlsGroup.X448, DtlsGroup.P384]);
        using DtlsEndpoint server = Serve(context);
        using OpenSslClient client = OpenSslClient.StartTrusting(TestFiles.Ca, server.LocalEndPoint, "-curves", curves);
        if (accepted)
        {
            client.Process.WaitForLine(OutputStream.Output, $"Server Temp Key: {key}", Limits.Step);
        }
        else
        {
            client.ExpectRefusal("alert number 40"); // handshake_failure
        }
    }

    [Test]
    public void The_exported_keying_material_is_OpenSSLs()
    {
        Requires.Tool("openssl");
        using DtlsContext context = CertificateServer([]);
        using DtlsEndpoint server = Serve(context);
        using OpenSslClient client = OpenSslClient.StartTrusting(TestFiles.Ca, server.LocalEndPoint, "-keymatexport", Label, "-keymatexportlen", "48");
        using DtlsPeer peer = server.TryAccept(Limits.Step)!;
        byte[] material = new byte[48];
        peer.ExportKeyingMaterial(Label, material);
        string theirs = client.Process.WaitForLine(OutputStream.Output, "Keying material: ([0-9A-F]+)", Limits.Step).Groups[1].Value;
        Assert.That(Convert.ToHexString(material), Is.EqualTo(theirs));
    }

    [Test]
    public void Without_the_extended_master_secret_nothing_is_exported()
    {
        Requires.Tool("openssl");
        using TempDirectory directory = new();
        string configuration = directory.Write(
            "openssl.cnf", "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = client\n[client]\nOptions = -ExtendedMasterSecret\n");
        using DtlsContext context = CertificateServer([]);
        using DtlsEndpoint server = Serve(context);
        ChildProcessOptions options = new() { Environment = new Dictionary<string, string?> { ["OPENSSL_CONF"] = configuration } };
        using ChildProcess client = ChildProcess.Start(options, "openssl", "s_client", "-dtls1_2", "-connect", server.LocalEndPoint.ToString());
        using DtlsPeer peer = server.TryAccept(Limits.Step)!;
        Assert.That(() => peer.ExportKeyingMaterial(Label, new byte[20]), Throws.InvalidOperationException.With.Message.Contains("extended master secret"));
    }

    private static OpenSslServer StartPskServer(string cipher) =>
        OpenSslServer.Start(TestFiles.Server, "-psk_identity", Identity, "-psk", HexKey, "-cipher", cipher, "-psk_hint", "a hint");
}
