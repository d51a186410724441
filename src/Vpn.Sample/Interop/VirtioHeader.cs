using System.Runtime.InteropServices;

namespace FifoVpn.Interop;

/// <summary>struct virtio_net_hdr (linux/virtio_net.h), which stands before each packet of a device with IFF_VNET_HDR, in the machine's byte order.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeInBytes)]
internal struct VirtioHeader
{
    public const int SizeInBytes = 10;

    /// <summary>In <see cref="Flags"/>: the checksum field holds the sum of the pseudo-header, and the rest is to be added.</summary>
    public const byte NeedsChecksum = 1;

    public const byte NoSegmentation = 0;
    public const byte TcpIPv4 = 1;
    public const byte TcpIPv6 = 4;
    public const byte Udp = 5;

    public byte Flags;
    public byte SegmentationType;

    /// <summary>IP and TCP or UDP headers.</summary>
    public ushort HeaderLength;

    /// <summary>Payload bytes of each packet.</summary>
    public ushort SegmentSize;

    /// <summary>Where the data that the checksum covers begins.</summary>
    public ushort ChecksumStart;

    /// <summary>Where the checksum stands, from there.</summary>
    public ushort ChecksumOffset;
}
