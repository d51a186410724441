using System.Text.RegularExpressions;
using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Service;

/// <summary><c>fifovpn up</c> as a process of its own, in a network namespace.</summary>
internal sealed class ServiceProcess : IDisposable
{
    public const int SigHup = 1;

    /// <summary>More than anything here takes; only a hang reaches it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _namespace;
    private readonly ChildProcess _process;

    public ServiceProcess(string networkNamespace, string config, params string[] arguments)
        : this(networkNamespace, config, new Dictionary<string, string?>(), arguments)
    {
    }

    public ServiceProcess(string networkNamespace, string config, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        _namespace = networkNamespace;
        ChildProcessOptions options = new() { NetworkNamespace = networkNamespace, Environment = environment };
        _process = ChildProcess.StartDotnet(options, "fifovpn", ["up", "--config", config, .. arguments]);
    }

    public int Id => _process.Id;

    public string Log => _process.Text(OutputStream.Error);

    public Match WaitFor(string pattern) => _process.WaitForLine(OutputStream.Error, pattern, Limit);

    public void WaitUntilStarted() => WaitFor("listening on");

    public void Signal(int signal) => _process.Signal(signal);

    public int WaitForExit() => _process.WaitForExit(Limit);

    /// <summary>Ends it in order; it must end with code 0.</summary>
    public void Stop()
    {
        Signal(ChildProcess.SigTerm);
        Assert.That(WaitForExit(), Is.Zero, Log);
    }

    /// <summary>What ip route shows of the device.</summary>
    public string Routes() => Ip("route", "show", "dev", "fifovpn0");

    /// <summary>Runs the program ip in the namespace.</summary>
    public string Ip(params string[] arguments)
    {
        ProcessResult result = ChildProcess.Run(new ChildProcessOptions { NetworkNamespace = _namespace }, Limit, "ip", arguments);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        return result.Output;
    }

    public void Dispose() => _process.Dispose();
}
