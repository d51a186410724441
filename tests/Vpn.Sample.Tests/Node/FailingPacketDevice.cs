using FifoVpn.Devices;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

/// <summary>A device whose link is deleted when the test says so.</summary>
internal sealed class FailingPacketDevice : IPacketDevice
{
    private readonly ManualResetEventSlim _failed = new();

    public string Name => "failing0";

    public int Mtu => VpnNodeOptions.DefaultMtu;

    public bool IsDisposed { get; private set; }

    public void Fail() => _failed.Set();

    public DeviceOffloads Offloads => DeviceOffloads.None;

    public int ReadBufferSize => Mtu;

    public bool Wait()
    {
        _failed.Wait();
        return !IsDisposed;
    }

    public bool TryRead(Span<byte> buffer, out DevicePacket packet)
    {
        packet = default;
        return _failed.IsSet && !IsDisposed ? throw new DeviceException(DeviceFailure.Removed, "reading from failing0 failed; was the link deleted?") : false;
    }

    public void Write(ReadOnlySpan<byte> packet)
    {
        // The host takes everything and looks at nothing.
    }

    public void WriteMany(Span<byte> packets, ReadOnlySpan<int> lengths)
    {
        // As above.
    }

    public void Dispose()
    {
        IsDisposed = true;
        _failed.Set();
    }
}
