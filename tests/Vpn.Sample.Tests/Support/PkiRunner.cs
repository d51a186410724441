using System.ComponentModel;
using System.Diagnostics;
using FifoVpn.Cli;

namespace FifoVpn.Tests.Support;

/// <summary>Runs fifovpn pki, and the openssl program, on a folder of its own.</summary>
internal sealed class PkiRunner : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Dir => Path.Combine(_folder.Path, "pki");

    public string PathOf(string file) => Path.Combine(Dir, file);

    /// <summary>The command with --dir.</summary>
    public (int Code, string Output, string Error) Run(params string[] arguments) => Invoke(["pki", .. arguments, "--dir", Dir]);

    /// <summary>The same, which must end with code 0 and without a word on standard error.</summary>
    public string Succeed(params string[] arguments)
    {
        (int code, string output, string error) = Run(arguments);
        Assert.That((code, error), Is.EqualTo((0, "")));
        return output;
    }

    public string Show(string file)
    {
        (int code, string output, string error) = Invoke("pki", "show", PathOf(file));
        Assert.That((code, error), Is.EqualTo((0, "")));
        return output;
    }

    /// <summary>Runs openssl in the folder; it must succeed.</summary>
    public string OpenSsl(params string[] arguments)
    {
        (int code, string output) = TryOpenSsl(arguments);
        Assert.That(code, Is.Zero, output);
        return output;
    }

    public (int Code, string Output) TryOpenSsl(params string[] arguments)
    {
        ProcessStartInfo start = new("openssl", arguments) { WorkingDirectory = Dir, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            Assert.That(process.WaitForExit(TimeSpan.FromSeconds(20)), Is.True);
            return (process.ExitCode, output);
        }
        catch (Win32Exception)
        {
            NetworkNamespace.SkipOrFail("needs the openssl program");
            throw;
        }
    }

    public void Dispose() => _folder.Dispose();

    private static (int Code, string Output, string Error) Invoke(params string[] arguments)
    {
        StringWriter output = new() { NewLine = "\n" };
        StringWriter error = new() { NewLine = "\n" };
        int code = FifoVpnCommand.Invoke(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
