using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>
/// A running <c>openssl s_server</c> over DTLS. It serves one client at a time, prints what it receives as it comes (no line ends are added) and
/// sends the lines of its input, except those that begin with q, r, P, S or B, which are commands.
/// </summary>
internal sealed class OpenSslServer : IDisposable
{
    private OpenSslServer(ChildProcess process, IPEndPoint endPoint)
    {
        Process = process;
        EndPoint = endPoint;
    }

    internal ChildProcess Process { get; }

    internal IPEndPoint EndPoint { get; }

    public void Dispose() => Process.Dispose();

    /// <summary>Starts it with DTLS 1.2 on IPv4.</summary>
    internal static OpenSslServer Start(PemFiles certificate, params string[] more) => StartAny(IPAddress.Loopback, certificate, ["-dtls1_2", .. more]);

    internal static OpenSslServer StartAny(IPAddress address, PemFiles certificate, params string[] more)
    {
        ChildProcess process = ChildProcess.Start(
            "openssl",
            ["s_server", "-accept", new IPEndPoint(address, 0).ToString(), "-cert", certificate.CertificatePath, "-key", certificate.KeyPath, .. more]);
        try
        {
            string port = process.WaitForLine(OutputStream.Output, "^ACCEPT .*:([0-9]+)", Limits.Step).Groups[1].Value;
            return new OpenSslServer(process, new IPEndPoint(address, int.Parse(port)));
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Starts it without its commands. Only so can it be made to send a close_notify: its command Q closes the socket first. It does not tell when it is ready;
    /// a client's first ClientHello may have to be repeated.
    /// </summary>
    internal static OpenSslServer StartQuiet(PemFiles certificate)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, UdpPort.FindFree());
        return new OpenSslServer(
            ChildProcess.Start(
                "openssl", "s_server", "-dtls1_2", "-quiet", "-accept", endPoint.ToString(), "-cert", certificate.CertificatePath, "-key", certificate.KeyPath),
            endPoint);
    }

    /// <summary>Sends a line to the connected client.</summary>
    internal void Send(string line) => Process.WriteLine(line);

    /// <summary>Makes a server of <see cref="StartQuiet"/> send a close_notify, which it does at the end of its input.</summary>
    internal void CloseAssociation() => Process.CloseInput();

    /// <summary>Waits until the client's close_notify has come, which it acknowledges by DONE; returns all that was printed.</summary>
    internal string WaitUntilClosed()
    {
        Process.WaitForLine(OutputStream.Output, "DONE$", Limits.Step);
        return Process.Text(OutputStream.Output);
    }
}
