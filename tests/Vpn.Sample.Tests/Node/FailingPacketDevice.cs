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

    public int Read(Span<byte> packet)
    {
        _failed.Wait();
        return IsDisposed ? 0 : throw new DeviceException(DeviceFailure.Removed, "reading from failing0 failed; was the link deleted?");
    }

    public void Write(ReadOnlySpan<byte> packet)
    {
        // The host takes everything and looks at nothing.
    }

    public void Dispose()
    {
        IsDisposed = true;
        _failed.Set();
    }
}
