using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>
/// A running <c>openssl s_client</c> over DTLS. What it sends must not begin with Q, R, K or B: those are commands, because the end of its input
/// is to end it.
/// </summary>
internal sealed class OpenSslClient : IDisposable
{
    private OpenSslClient(ChildProcess process) => Process = process;

    internal ChildProcess Process { get; }

    public void Dispose() => Process.Dispose();

    /// <summary>Starts it with DTLS 1.2, verifying the server against the EC authority, printing nothing but what it receives.</summary>
    internal static OpenSslClient StartQuiet(IPEndPoint to, params string[] more) => StartTrusting(TestFiles.Ca, to, ["-quiet", "-no_ign_eof", .. more]);

    /// <summary>Starts it with DTLS 1.2, verifying the server, printing all about the association.</summary>
    internal static OpenSslClient StartTrusting(string authority, IPEndPoint to, params string[] more) =>
        StartAny(to, ["-dtls1_2", "-CAfile", authority, "-verify_return_error", "-verify_ip", to.Address.ToString(), .. more]);

    internal static OpenSslClient StartAny(IPEndPoint to, params string[] arguments) =>
        new(ChildProcess.Start("openssl", ["s_client", "-connect", to.ToString(), .. arguments]));

    /// <summary>Sends a line and waits for it to come back.</summary>
    internal void Exchange(string line)
    {
        Process.WriteLine(line);
        WaitForReply(line);
    }

    internal void WaitForReply(string line) => Process.WaitForLine(OutputStream.Output, $"^{line}$", Limits.Step);

    /// <summary>Ends the input: s_client sends a close_notify and ends.</summary>
    internal void End()
    {
        Process.CloseInput();
        Assert.That(Process.WaitForExit(Limits.Step), Is.Zero, () => Process.Text(OutputStream.Error));
    }

    /// <summary>Waits for its end by a handshake that failed.</summary>
    internal void ExpectRefusal(string alert)
    {
        Assert.That(Process.WaitForExit(Limits.Step), Is.Not.Zero);
        Assert.That(Process.Text(OutputStream.Error), Does.Contain(alert));
    }
}
