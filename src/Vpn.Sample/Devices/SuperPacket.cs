using System.Buffers.Binary;
using FifoVpn.Interop;
using FifoVpn.Packets;

namespace FifoVpn.Devices;

/// <summary>Makes the header of a group's first packet that of the super-packet, and undoes it.</summary>
internal struct SuperPacket
{
    internal const int TcpChecksum = 16;
    internal const int UdpChecksum = 6;

    private const int UdpLength = 4;
    private const int TcpFlags = 13;
    private const byte Push = 0x08;

    private ushort _length;
    private ushort _headerChecksum;
    private ushort _checksum;

    /// <summary>
    /// Writes lengths, flags and checksums of the whole; in the place of the TCP or UDP checksum stands the sum of the pseudo-header.
    /// </summary>
    /// <param name="packet">The group's first packet.</param>
    public static SuperPacket Begin(Span<byte> packet, in PacketGroup group, out VirtioHeader header)
    {
        int checksumOffset = group.IsTcp ? TcpChecksum : UdpChecksum;
        header = new VirtioHeader
        {
            Flags = VirtioHeader.NeedsChecksum,
            SegmentationType = !group.IsTcp ? VirtioHeader.Udp : group.IsIPv6 ? VirtioHeader.TcpIPv6 : VirtioHeader.TcpIPv4,
            HeaderLength = group.HeaderLength,
            SegmentSize = group.SegmentSize,
            ChecksumStart = group.Transport,
            ChecksumOffset = (ushort)checksumOffset,
        };

        SuperPacket saved = default;
        Span<byte> lengthField = packet[(group.IsIPv6 ? 4 : 2)..];
        saved._length = BinaryPrimitives.ReadUInt16BigEndian(lengthField);
        ushort length = (ushort)(group.IsIPv6 ? group.Length - IpPacket.IPv6Header : group.Length);
        BinaryPrimitives.WriteUInt16BigEndian(lengthField, length);
        if (!group.IsIPv6)
        {
            saved._headerChecksum = BinaryPrimitives.ReadUInt16BigEndian(packet[10..]);
            IncrementalChecksum.Replace(packet[10..], saved._length, length);
        }

        int upperLength = group.Length - group.Transport;
        Span<byte> upper = packet[group.Transport..];
        saved._checksum = BinaryPrimitives.ReadUInt16BigEndian(upper[checksumOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(
            upper[checksumOffset..], InternetChecksum.Fold(PseudoHeader(packet, group.IsIPv6, group.IsTcp, upperLength)));
        if (!group.IsTcp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(upper[UdpLength..], (ushort)upperLength);
        }
        else if (group.Push)
        {
            upper[TcpFlags] |= Push;
        }

        return saved;
    }

    /// <summary>Makes the first packet what it was.</summary>
    public readonly void Undo(Span<byte> packet, in PacketGroup group)
    {
        Span<byte> upper = packet[group.Transport..];
        BinaryPrimitives.WriteUInt16BigEndian(packet[(group.IsIPv6 ? 4 : 2)..], _length);
        BinaryPrimitives.WriteUInt16BigEndian(upper[(group.IsTcp ? TcpChecksum : UdpChecksum)..], _checksum);
        if (!group.IsIPv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[10..], _headerChecksum);
        }

        if (!group.IsTcp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(upper[UdpLength..], (ushort)(group.HeaderLength + group.SegmentSize - group.Transport));
        }
        else
        {
            upper[TcpFlags] &= unchecked((byte)~Push); // a first packet with PSH is alone
        }
    }

    /// <summary>The sum over the pseudo-header of a packet without options or extension headers.</summary>
    public static ulong PseudoHeader(ReadOnlySpan<byte> packet, bool ipv6, bool tcp, int upperLength) =>
        InternetChecksum.Add((ulong)(uint)upperLength + (tcp ? IpProtocol.Tcp : IpProtocol.Udp), ipv6 ? packet.Slice(8, 32) : packet.Slice(12, 8));
}
