using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>A running tcpdump on one interface, and what tshark sees in its file afterwards.</summary>
internal sealed class PacketCapture : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _tcpdump;
    private readonly string _file;
    private readonly int _port;

    /// <param name="start">Starts a program where the interface is.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="file">The file to capture to.</param>
    /// <param name="port">The UDP port of DTLS.</param>
    internal PacketCapture(Func<string, string[], ChildProcess> start, string interfaceName, string file, int port)
    {
        _file = file;
        _port = port;
        _tcpdump = start("tcpdump", ["-Z", "root", "--immediate-mode", "-U", "-s", "0", "-i", interfaceName, "-w", file]);
        _tcpdump.WaitForLine(OutputStream.Error, "listening on", Limit);
    }

    /// <summary>Ends the capture and returns the file's bytes.</summary>
    internal byte[] Stop()
    {
        _tcpdump.Signal(ChildProcess.SigTerm);
        _tcpdump.WaitForExit(Limit);
        return File.ReadAllBytes(_file);
    }

    /// <summary>How many packets of the file a display filter finds.</summary>
    internal int Count(string displayFilter, string? keys = null) => Fields(displayFilter, keys, "frame.number").Length;

    /// <inheritdoc cref="Tshark.Fields"/>
    internal string[] Fields(string displayFilter, string? keys, params string[] fields) => Tshark.Fields(_file, _port, displayFilter, keys, fields);

    public void Dispose() => _tcpdump.Dispose();
}
