using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>
/// Without libssl the programs say so. .NET's own cryptography ends the process when it does not find it, so nothing may touch that before.
/// </summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class MissingLibraryTests
{
    private static readonly string[][] Commands =
    [
        ["echo", "--cert", "CERT", "--key", "KEY"],
        ["echo", "--cert", "CERT", "--key", "KEY", "--ca", "CA", "--require-client-cert"],
        ["connect", "--to", "127.0.0.1:9", "--ca", "CA"],
        ["connect", "--to", "127.0.0.1:9", "--ca", "CA", "--cert", "CERT", "--key", "KEY"],
        ["connect", "--to", "127.0.0.1:9", "--insecure"],
    ];

    [TestCaseSource(nameof(Commands))]
    public void A_folder_without_it_is_named(params string[] command)
    {
        using var empty = new TempDirectory();
        var options = new ChildProcessOptions { Environment = new Dictionary<string, string?> { ["FIFODTLS_OPENSSL_DIR"] = empty.FullPath } };
        using ChildProcess child = ChildProcess.StartDotnet(options, "fifodtls-stress", WithFiles(command));
        Expect(child, empty.FullPath);
    }

    [TestCaseSource(nameof(Commands))]
    public void A_system_without_it_gets_the_line_and_no_abort(params string[] command)
    {
        Requires.NetworkNamespace(); // the same privileges
        Requires.Tools("unshare", "mount");
        using var directory = new TempDirectory();
        string empty = directory.Write("empty", "");
        const string Script = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";
        using ChildProcess child = ChildProcess.Start(
            "unshare", ["-m", "sh", "-c", Script, "sh", empty, LoadedLibrary("libssl.so"), .. ChildProcess.DotnetCommand("fifodtls-stress"), .. WithFiles(command)]);
        Expect(child, "libssl\\.so\\.3");
    }

    private static void Expect(ChildProcess child, string pattern)
    {
        child.CloseInput();
        int exitCode = child.WaitForExit(Limits.Step);
        new ProcessResult(child.Command, exitCode, child.Text(OutputStream.Output), child.Text(OutputStream.Error)).ExpectOneLine(4, pattern);
    }

    private static string[] WithFiles(string[] command) =>
    [
        .. command.Select(word => word switch
        {
            "CERT" => TestFiles.Server.CertificatePath,
            "KEY" => TestFiles.Server.KeyPath,
            "CA" => TestFiles.Ca,
            _ => word,
        }),
    ];

    /// <summary>The real path of a library that this process has loaded: writing the certificates has loaded libssl.</summary>
    private static string LoadedLibrary(string name)
    {
        Assert.That(TestFiles.Ca, Does.Exist);
        string mapping = File.ReadLines("/proc/self/maps").First(line => line.Contains($"/{name}", StringComparison.Ordinal));
        return mapping[mapping.IndexOf('/')..];
    }
}
