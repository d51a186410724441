namespace FifoDtls.TestSupport;

/// <summary>How a program ended and all that it printed.</summary>
public sealed record ProcessResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Returns this result, or fails with all output when the exit code is not 0.</summary>
    public ProcessResult EnsureSuccess() =>
        ExitCode == 0 ? this : throw new NUnit.Framework.AssertionException($"`{Command}` exited with {ExitCode}.\n{Output}{Error}");
}
