using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>
/// A running <c>openssl s_server</c> over DTLS 1.2. It serves one client at a time, prints what it receives as it comes (no line ends are added) and
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

    internal static OpenSslServer Start(PemFiles certificate, params string[] more) => Start(IPAddress.Loopback, certificate, more);

    internal static OpenSslServer Start(IPAddress address, PemFiles certificate, params string[] more)
    {
        ChildProcess process = ChildProcess.Start(
            "openssl",
            ["s_server", "-dtls1_2", "-accept", new IPEndPoint(address, 0).ToString(), "-cert", certificate.CertificatePath, "-key", certificate.KeyPath, .. more]);
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

    /// <summary>Sends a line to the connected client.</summary>
    internal void Send(string line) => Process.WriteLine(line);

    /// <summary>Closes the association with a close_notify and ends the server.</summary>
    internal void Quit()
    {
        Process.WriteLine("Q");
        Process.WaitForExit(Limits.Step);
    }

    /// <summary>Waits until the client's close_notify has come; returns all that was printed.</summary>
    internal string WaitUntilClosed()
    {
        Process.WaitForLine(OutputStream.Output, "^CONNECTION CLOSED", Limits.Step);
        return Process.Text(OutputStream.Output);
    }
}
