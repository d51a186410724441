using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary><c>openssl s_client</c> and <c>s_server</c>.</summary>
internal sealed class OpenSslProgram : DtlsProgram
{
    internal override ChildProcess StartClient(ProgramSettings settings, IPEndPoint server, ChildProcessOptions options)
    {
        string[] verify = settings.Authority is { } authority ? ["-CAfile", authority, "-verify_return_error", "-verify_ip", $"{server.Address}"] : [];
        return ChildProcess.Start(options, "openssl", ["s_client", "-dtls1_2", "-quiet", "-no_ign_eof", "-connect", $"{server}", .. verify, .. Common(settings)]);
    }

    internal override ChildProcess StartServer(ProgramSettings settings, int port, ChildProcessOptions options)
    {
        string[] verify = settings.Authority is { } authority ? ["-CAfile", authority, "-Verify", "20", "-verify_return_error"] : [];
        ChildProcess process = ChildProcess.Start(options, "openssl", ["s_server", "-dtls1_2", "-accept", $"127.0.0.1:{port}", .. verify, .. Common(settings)]);
        process.WaitForLine(OutputStream.Output, "^ACCEPT", Limits.Step);
        return process;
    }

    private static IEnumerable<string> Common(ProgramSettings settings) =>
    [
        .. settings.Certificate is { } certificate ? (string[])["-cert", certificate.CertificatePath, "-key", certificate.KeyPath] : [],
        .. settings.Intermediates is { } intermediates ? (string[])["-cert_chain", intermediates] : [],
        .. settings.Mtu is { } mtu ? (string[])["-mtu", $"{mtu}"] : [],
    ];
}
