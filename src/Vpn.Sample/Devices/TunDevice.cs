using System.Runtime.InteropServices;
using FifoVpn.Interop;

namespace FifoVpn.Devices;

/// <summary>
/// A Linux TUN device (layer 3, no packet information header). The link lives in the network namespace of the thread that opened it and
/// vanishes with the device, unless somebody made it persistent before.
/// </summary>
internal sealed partial class TunDevice : IPacketDevice
{
    internal const string DefaultClonePath = "/dev/net/tun";

    private readonly SafeFileDescriptor _tun;
    private readonly SafeFileDescriptor _stop;
    private readonly bool _hasHeader;
    private volatile bool _disposed;

    private TunDevice(SafeFileDescriptor tun, SafeFileDescriptor stop, string name, int mtu, DeviceOffloads offloads)
    {
        _tun = tun;
        _stop = stop;
        _hasHeader = offloads != DeviceOffloads.None;
        _mergeable = (int)offloads;
        Name = name;
        Mtu = mtu;
        Offloads = offloads;
        ReadBufferSize = (offloads & (DeviceOffloads.TcpSegmentation | DeviceOffloads.UdpSegmentation)) != 0 ? MaxPacket : mtu;
    }

    public string Name { get; }

    public int Mtu { get; }

    /// <inheritdoc/>
    public DeviceOffloads Offloads { get; }

    /// <inheritdoc/>
    public int ReadBufferSize { get; }

    /// <summary>Ends a blocked Read. The link goes when the last call in progress has ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        ulong one = 1;
        _ = Libc.Write(_stop, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in one)));
        _tun.Dispose();
        _stop.Dispose();
    }
}
