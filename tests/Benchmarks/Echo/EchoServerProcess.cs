using System.Diagnostics;
using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>An echo server in a process of its own, so that its processor time can be told from the clients'.</summary>
internal sealed class EchoServerProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _child;
    private readonly Process _process;

    internal EchoServerProcess(EchoKind kind)
    {
        _child = ChildProcess.StartDotnet("fifodtls-bench", ServeCommand.Name, kind.ToString());
        try
        {
            string address = _child.WaitForLine(OutputStream.Output, "^listening (.*)$", StartLimit).Groups[1].Value;
            EndPoint = IPEndPoint.Parse(address);
            _process = Process.GetProcessById(_child.Id);
        }
        catch
        {
            _child.Dispose();
            throw;
        }
    }

    internal IPEndPoint EndPoint { get; }

    /// <summary>The processor time that it has used so far.</summary>
    internal TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Asks for the end by the end of its input; kills it if it does not obey.</summary>
    public void Dispose()
    {
        _process.Dispose();
        if (!_child.HasExited)
        {
            _child.CloseInput();
            _child.WaitForExit(StartLimit);
        }

        _child.Dispose();
    }
}
