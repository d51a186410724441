using FifoVpn.Packets;

namespace FifoVpn.Devices;

/// <summary>
/// What a read from a device brought: one packet, or a super-packet that stands for several and must be cut (<see cref="SegmentCutter"/>).
/// It stands at the start of the buffer.
/// </summary>
/// <param name="Length">Bytes from the IP header to the end.</param>
/// <param name="SegmentSize">Of a super-packet, the payload bytes of each of its packets but the last, which may have fewer; else 0.</param>
/// <param name="HeaderLength">Of a super-packet, the IP and TCP or UDP headers, which stand before each packet's payload; else 0.</param>
/// <param name="Protocol">Of a super-packet, <see cref="IpProtocol.Tcp"/> or <see cref="IpProtocol.Udp"/>; else 0.</param>
internal readonly record struct DevicePacket(int Length, int SegmentSize = 0, int HeaderLength = 0, byte Protocol = 0)
{
    /// <summary>The length of the longest packet that it stands for.</summary>
    public int LongestPacket => SegmentSize == 0 ? Length : Math.Min(Length, HeaderLength + SegmentSize);
}
