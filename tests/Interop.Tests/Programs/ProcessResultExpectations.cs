using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>What the programs promise about errors.</summary>
internal static class ProcessResultExpectations
{
    /// <summary>Exactly one line on stderr, nothing on stdout, and the exit code.</summary>
    internal static void ExpectOneLine(this ProcessResult result, int exitCode, string pattern)
    {
        string all = $"{result.Command} ({result.ExitCode})\n{result.Output}---\n{result.Error}";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(exitCode), all);
            Assert.That(result.Output, Is.Empty);
            Assert.That(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1), all);
            Assert.That(result.Error, Does.Match("^fifodtls-stress: .*" + pattern));
        }
    }
}
