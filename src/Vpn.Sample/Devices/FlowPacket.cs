using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoVpn.Packets;

namespace FifoVpn.Devices;

/// <summary>What decides whether a packet of TCP or UDP may be merged with others, read once.</summary>
internal struct FlowPacket
{
    private const byte PushFlag = 0x08;
    private const byte AcknowledgeFlag = 0x10;
    private const byte PlainIPv4 = 0x45; // no options
    private const int FragmentMask = 0x3FFF;
    private const int Tcp = 20;
    private const int Udp = 8;

    /// <summary>Ports, protocol and version: equal in all packets of a flow.</summary>
    public ulong Key;

    /// <summary>Of TCP.</summary>
    public uint Sequence;

    public int Payload;

    /// <summary>Of IPv4.</summary>
    public ushort Id;

    public byte Transport;
    public byte HeaderLength;
    public bool IsTcp;
    public bool IsIPv6;

    /// <summary>The PSH flag of TCP: nothing may be appended.</summary>
    public bool Push;

    /// <summary>
    /// False for everything but unfragmented TCP and UDP right behind a plain IP header: which flow it belongs to is not known then.
    /// </summary>
    /// <param name="mergeable">Whether it may be merged, as far as can be told without the others and the checksums.</param>
    public static bool TryRead(ReadOnlySpan<byte> packet, out FlowPacket flow, out bool mergeable)
    {
        mergeable = false;
        Unsafe.SkipInit(out flow);
        if (packet.Length < IpPacket.IPv4MinimumHeader + Udp)
        {
            return false;
        }

        flow.IsIPv6 = packet[0] != PlainIPv4;
        byte protocol;
        if (!flow.IsIPv6)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != packet.Length || (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & FragmentMask) != 0)
            {
                return false;
            }

            protocol = packet[9];
            flow.Id = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
            flow.Transport = IpPacket.IPv4MinimumHeader;
        }
        else
        {
            if (packet[0] >> 4 != 6
                || packet.Length < IpPacket.IPv6Header + Udp
                || BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != packet.Length - IpPacket.IPv6Header)
            {
                return false;
            }

            protocol = packet[6];
            flow.Id = 0;
            flow.Transport = IpPacket.IPv6Header;
        }

        ReadOnlySpan<byte> upper = packet[flow.Transport..];
        flow.Key = ((ulong)MemoryMarshal.Read<uint>(upper) << 32) | ((uint)protocol << 8) | (flow.IsIPv6 ? 1u : 0);
        flow.IsTcp = protocol == IpProtocol.Tcp;
        return flow.IsTcp
            ? flow.ReadTcp(upper, out mergeable)
            : protocol == IpProtocol.Udp && flow.ReadUdp(upper, out mergeable);
    }

    private bool ReadTcp(ReadOnlySpan<byte> segment, out bool mergeable)
    {
        mergeable = false;
        if (segment.Length < Tcp)
        {
            return false;
        }

        byte offset = segment[12];
        byte flags = segment[13];
        int header = (offset >> 4) * 4;
        HeaderLength = (byte)(Transport + header);
        Sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);
        Payload = segment.Length - header;
        Push = (flags & PushFlag) != 0;
        mergeable = header >= Tcp && Payload > 0 && (flags & ~PushFlag) == AcknowledgeFlag && (offset & 0xF) == 0;
        return true;
    }

    private bool ReadUdp(ReadOnlySpan<byte> datagram, out bool mergeable)
    {
        HeaderLength = (byte)(Transport + Udp);
        Sequence = 0;
        Payload = datagram.Length - Udp;
        Push = false;
        mergeable = Payload > 0 && BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]) == datagram.Length;
        return true;
    }

    /// <summary>Whether two packets of the same <see cref="Key"/> have the same addresses.</summary>
    public readonly bool HasAddressesOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => IsIPv6
        ? first.Slice(8, 32).SequenceEqual(second.Slice(8, 32))
        : MemoryMarshal.Read<ulong>(first[12..]) == MemoryMarshal.Read<ulong>(second[12..]);

    /// <summary>
    /// Whether all that a super-packet has only once is equal in two packets of one flow: all but lengths, ids, sequence numbers, PSH and checksums.
    /// </summary>
    public readonly bool HasHeaderOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        // Version and traffic class; IPv4 flags, time to live and protocol, or next header and hop limit.
        bool network = IsIPv6
            ? MemoryMarshal.Read<uint>(first) == MemoryMarshal.Read<uint>(second) && MemoryMarshal.Read<ushort>(first[6..]) == MemoryMarshal.Read<ushort>(second[6..])
            : MemoryMarshal.Read<ushort>(first) == MemoryMarshal.Read<ushort>(second) && MemoryMarshal.Read<uint>(first[6..]) == MemoryMarshal.Read<uint>(second[6..]);
        if (!network || !IsTcp)
        {
            return network;
        }

        // Acknowledgement number and data offset; window; urgent pointer and options. The flags are those that all mergeable packets have.
        int at = Transport;
        return MemoryMarshal.Read<uint>(first[(at + 8)..]) == MemoryMarshal.Read<uint>(second[(at + 8)..])
            && first[at + 12] == second[at + 12]
            && MemoryMarshal.Read<ushort>(first[(at + 14)..]) == MemoryMarshal.Read<ushort>(second[(at + 14)..])
            && first[(at + 18)..HeaderLength].SequenceEqual(second[(at + 18)..HeaderLength]);
    }

    /// <summary>
    /// Whether the checksums are right, and the very ones that whoever cuts a super-packet puts there: of the two forms of zero only that one.
    /// </summary>
    public readonly bool HasRightChecksums(ReadOnlySpan<byte> packet)
    {
        if (!IsIPv6 && (InternetChecksum.Compute(packet[..IpPacket.IPv4MinimumHeader]) != 0 || MemoryMarshal.Read<ushort>(packet[10..]) == ushort.MaxValue))
        {
            return false;
        }

        ushort field = MemoryMarshal.Read<ushort>(packet[(Transport + (IsTcp ? SuperPacket.TcpChecksum : SuperPacket.UdpChecksum))..]);
        return field != (IsTcp ? ushort.MaxValue : 0)
            && InternetChecksum.Finish(InternetChecksum.Add(SuperPacket.PseudoHeader(packet, IsIPv6, IsTcp, packet.Length - Transport), packet[Transport..])) == 0;
    }
}
