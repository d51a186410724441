using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>A running <c>fifodtls-stress connect</c>.</summary>
internal sealed class ConnectProgram : IDisposable
{
    private ConnectProgram(ChildProcess process) => Process = process;

    internal ChildProcess Process { get; }

    public void Dispose() => Process.Dispose();

    /// <summary>Starts it, trusting the EC authority.</summary>
    internal static ConnectProgram Start(IPEndPoint to, params string[] more) => StartTrusting(TestFiles.Ca, to.ToString(), more);

    /// <inheritdoc cref="Start(IPEndPoint, string[])"/>
    internal static ConnectProgram Start(string to, params string[] more) => StartTrusting(TestFiles.Ca, to, more);

    internal static ConnectProgram StartTrusting(string authority, string to, params string[] more) =>
        new(ChildProcess.StartDotnet("fifodtls-stress", ["connect", "--to", to, "--ca", authority, .. more]));

    /// <summary>Waits for the handshake and returns the cipher suite.</summary>
    internal string WaitUntilConnected() =>
        Process.WaitForLine(OutputStream.Error, "^connected DTLSv1\\.2 (TLS_[A-Z0-9_]+)$", Limits.Step).Groups[1].Value;

    /// <summary>Sends a line and waits for it to come back.</summary>
    internal void Exchange(string line)
    {
        Process.WriteLine(line);
        WaitForReply(line);
    }

    internal void WaitForReply(string line) => Process.WaitForLine(OutputStream.Output, $"^{line}$", Limits.Step);

    /// <summary>Ends the input and checks that the program then ends in order.</summary>
    internal void End()
    {
        Process.CloseInput();
        ExpectEnd();
    }

    internal void ExpectEnd() => Assert.That(Process.WaitForExit(Limits.Step), Is.Zero, () => Process.Text(OutputStream.Error));

    /// <summary>Waits for the program's end by an error: one line on stderr, nothing on stdout.</summary>
    internal void ExpectError(int exitCode, string pattern)
    {
        int actual = Process.WaitForExit(Limits.Step);
        new ProcessResult(Process.Command, actual, Process.Text(OutputStream.Output), Process.Text(OutputStream.Error)).ExpectOneLine(exitCode, pattern);
    }
}
