using System.Net;
using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary><c>gnutls-cli</c>, and <c>gnutls-serv</c>, which sends back what it receives and never closes by itself.</summary>
internal sealed class GnuTlsProgram : DtlsProgram
{
    private const string PasswordFile = "gnutls-psk.txt";

    private static readonly Lazy<string> Passwords = new(
        () => TestFiles.Write(PasswordFile, $"{ProgramSettings.PskIdentity}:{ProgramSettings.PskHexKey}\n"));

    internal override ChildProcess StartClient(ProgramSettings settings, IPEndPoint server, ChildProcessOptions options)
    {
        string[] verify = settings.Authority is { } authority ? ["--x509cafile", authority] : ["--insecure"];
        string[] psk = settings.UsesPsk ? ["--pskusername", ProgramSettings.PskIdentity, "--pskkey", ProgramSettings.PskHexKey] : [];
        return ChildProcess.Start(options, "gnutls-cli", ["--udp", "-p", $"{server.Port}", .. verify, .. psk, .. Common(settings), $"{server.Address}"]);
    }

    internal override ChildProcess StartServer(ProgramSettings settings, int port, ChildProcessOptions options)
    {
        string[] verify = settings.Authority is { } authority ? ["--x509cafile", authority, "--require-client-cert", "--verify-client-cert"] : ["--disable-client-cert"];
        string[] psk = settings.UsesPsk ? ["--pskpasswd", Passwords.Value] : [];
        ChildProcess process = ChildProcess.Start(options, "gnutls-serv", ["--udp", "--echo", "-p", $"{port}", .. verify, .. psk, .. Common(settings)]);
        process.WaitForLine(OutputStream.Error, "listening on IPv4 .*done", Limits.Step);
        return process;
    }

    internal override void ExpectTalk(DtlsPeer peer, ChildProcess server) => ExpectEcho(peer);

    private static IEnumerable<string> Common(ProgramSettings settings) =>
    [
        .. settings.Certificate is { } certificate ? (string[])["--x509certfile", certificate.CertificatePath, "--x509keyfile", certificate.KeyPath] : [],
        .. settings.Suite is { } suite ? (string[])["--priority", Priority(suite)] : [],
        .. settings.Mtu is { } mtu ? (string[])["--mtu", $"{mtu}"] : [],
    ];

    // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 is the key exchange ECDHE-RSA with the cipher AES-128-GCM.
    private static string Priority(TlsCipherSuite suite)
    {
        string[] parts = suite.ToString()["TLS_".Length..].Split("_WITH_");
        string cipher = parts[1][..parts[1].LastIndexOf('_')];
        return $"NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+{parts[0].Replace('_', '-')}:-CIPHER-ALL:+{cipher.Replace('_', '-')}";
    }
}
