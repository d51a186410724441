using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>A running <c>fifodtls-stress echo</c>.</summary>
internal sealed class EchoProgram : IDisposable
{
    private EchoProgram(ChildProcess process, IPEndPoint endPoint)
    {
        Process = process;
        EndPoint = endPoint;
    }

    internal ChildProcess Process { get; }

    /// <summary>Where it listens; of a wildcard address, the loopback address of the same family.</summary>
    internal IPEndPoint EndPoint { get; }

    public void Dispose() => Process.Dispose();

    /// <summary>Starts it with the EC certificate, logging what happens to each peer, and waits until it listens.</summary>
    internal static EchoProgram Start(params string[] more) => Start(TestFiles.Server, more);

    internal static EchoProgram Start(PemFiles certificate, params string[] more)
    {
        ChildProcess process = ChildProcess.StartDotnet(
            "fifodtls-stress", ["echo", "--cert", certificate.CertificatePath, "--key", certificate.KeyPath, "--log-level", "information", .. more]);
        try
        {
            string text = process.WaitForLine(OutputStream.Error, "^listening (.+)$", Limits.Step).Groups[1].Value;
            var bound = IPEndPoint.Parse(text);
            IPAddress address = bound.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
                : bound.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
                : bound.Address;
            return new EchoProgram(process, new IPEndPoint(address, bound.Port));
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a log line.</summary>
    internal void WaitForLog(string pattern) => Process.WaitForLine(OutputStream.Error, pattern, Limits.Step);

    /// <summary>Ends it by a signal and checks that it ends in order.</summary>
    internal void End(int signal = ChildProcess.SigTerm)
    {
        Process.Signal(signal);
        Assert.That(Process.WaitForExit(Limits.Step), Is.Zero, () => Process.Text(OutputStream.Error));
    }
}
