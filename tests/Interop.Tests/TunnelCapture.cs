using System.Globalization;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>A running tcpdump on one interface, and what tshark sees in its file afterwards.</summary>
internal sealed class TunnelCapture : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _tcpdump;
    private readonly string _file;

    public TunnelCapture(TunnelSide side, string interfaceName, string file)
    {
        _file = file;
        _tcpdump = side.StartTool("tcpdump", "-Z", "root", "--immediate-mode", "-U", "-s", "0", "-i", interfaceName, "-w", file);
        _tcpdump.WaitForLine(OutputStream.Error, "listening on", Limit);
    }

    /// <summary>Ends the capture and returns the file's bytes.</summary>
    public byte[] Stop()
    {
        _tcpdump.Signal(ChildProcess.SigTerm);
        _tcpdump.WaitForExit(Limit);
        return File.ReadAllBytes(_file);
    }

    /// <summary>How many packets of the file a display filter finds; UDP to and from the tunnel's port is dissected as DTLS.</summary>
    public int Count(string displayFilter)
    {
        string dissector = string.Create(CultureInfo.InvariantCulture, $"udp.port=={Tunnel.Port},dtls");
        ProcessResult result = ChildProcess.Run(
            Limit, "tshark", "-r", _file, "-d", dissector, "-Y", displayFilter, "-T", "fields", "-e", "frame.number").EnsureSuccess();
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    public void Dispose() => _tcpdump.Dispose();
}
