using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoVpn.Devices;

/// <summary>
/// Cuts a super-packet into the packets that it stands for, as a network card would: right lengths, IPv4 ids that count up, TCP sequence numbers
/// and flags, checksums. It fills a batch, and goes on where it stopped when the batch has been emptied.
/// </summary>
/// <example><c>while (cutter.Append(batch)) { Send(batch); batch.Clear(); }</c>, after which the last packets are in the batch.</example>
internal ref struct SegmentCutter
{
    private const byte Fin = 0x01;
    private const byte Push = 0x08;
    private const byte CongestionWindowReduced = 0x80;
    private const int IPv4Length = 2;
    private const int IPv4Id = 4;
    private const int IPv4Checksum = 10;
    private const int IPv6Length = 4;
    private const int TcpSequence = 4;
    private const int TcpOffset = 12;
    private const int TcpFlags = 13;
    private const int TcpChecksum = 16;
    private const int UdpLength = 4;
    private const int UdpChecksum = 6;

    private readonly ReadOnlySpan<byte> _header;
    private readonly ReadOnlySpan<byte> _payload;
    private readonly int _transport;
    private readonly int _segmentSize;
    private readonly bool _ipv6;
    private readonly bool _tcp;

    // What is the same in each packet is summed up once: the IPv4 header without length and id; pseudo-header and TCP or UDP header without
    // lengths, sequence number, data offset and flags.
    private readonly ulong _headerSum;
    private readonly ulong _transportSum;

    private readonly uint _sequence;
    private ushort _id;
    private int _taken;

    private SegmentCutter(ReadOnlySpan<byte> packet, TransportHeader transport, int segmentSize)
    {
        _header = packet[..transport.End];
        _payload = packet[transport.End..];
        _transport = transport.Offset;
        _segmentSize = segmentSize;
        _ipv6 = packet[0] >> 4 == 6;
        _tcp = transport.Protocol == IpProtocol.Tcp;
        if (!_ipv6)
        {
            _id = BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Id..]);
            _headerSum = InternetChecksum.Add(0, packet[..IPv4Length]);
            _headerSum = InternetChecksum.Add(_headerSum, packet[(IPv4Id + 2)..IPv4Checksum]);
            _headerSum = InternetChecksum.Add(_headerSum, _header[(IPv4Checksum + 2).._transport]);
        }

        ReadOnlySpan<byte> upper = _header[_transport..];
        _transportSum = InternetChecksum.Add(transport.Protocol, _ipv6 ? packet.Slice(8, 32) : packet.Slice(12, 8));
        _transportSum = InternetChecksum.Add(_transportSum, upper[..4]);
        if (_tcp)
        {
            _sequence = BinaryPrimitives.ReadUInt32BigEndian(upper[TcpSequence..]);
            _transportSum = InternetChecksum.Add(_transportSum, upper[8..TcpOffset]);
            _transportSum = InternetChecksum.Add(_transportSum, upper[14..TcpChecksum]);
            _transportSum = InternetChecksum.Add(_transportSum, upper[18..]);
        }
    }

    /// <summary>
    /// Begins to cut. False, and nothing to cut, when the packet is no well-formed super-packet of TCP or UDP, or can't be cut so small: no packet
    /// gets longer than <paramref name="maxPacket"/>, for which TCP segments are cut smaller than the super-packet says. A UDP datagram can't be
    /// cut: if <see cref="DevicePacket.LongestPacket"/> is above the limit, cut without it and treat each datagram as a packet that is too large.
    /// </summary>
    /// <param name="buffer">Begins with the super-packet, which must stay there until it is cut. Its checksums do not matter.</param>
    public static bool TryStart(ReadOnlySpan<byte> buffer, in DevicePacket packet, int maxPacket, out SegmentCutter cutter)
    {
        cutter = default;
        if (packet.SegmentSize <= 0
            || (uint)packet.Length > (uint)buffer.Length
            || !TransportHeader.TryFind(buffer[..packet.Length], out TransportHeader transport)
            || transport.Protocol != packet.Protocol
            || transport.End != packet.HeaderLength
            || transport.End == packet.Length)
        {
            return false;
        }

        int payload = packet.Length - transport.End;
        int room = maxPacket - transport.End;
        if (room <= 0 || (transport.Protocol == IpProtocol.Udp && room < Math.Min(payload, packet.SegmentSize)))
        {
            return false;
        }

        cutter = new SegmentCutter(buffer[..packet.Length], transport, Math.Min(packet.SegmentSize, room));
        return true;
    }

    /// <summary>Appends packets until all are there (false) or no further one fits into the batch (true): then empty it, and call again.</summary>
    /// <exception cref="ArgumentException">The batch is empty and still too small for one packet.</exception>
    public bool Append(PacketBatch batch)
    {
        while (_taken < _payload.Length)
        {
            int length = Math.Min(_segmentSize, _payload.Length - _taken);
            Span<byte> packet = batch.Free;
            if (packet.Length < _header.Length + length)
            {
                return batch.Count > 0
                    ? true
                    : throw new ArgumentException($"The batch has {packet.Length} bytes, a packet {_header.Length + length}.", nameof(batch));
            }

            packet = packet[..(_header.Length + length)];
            _header.CopyTo(packet);
            WriteNetworkHeader(packet);
            if (_tcp)
            {
                WriteTcp(packet, length);
            }
            else
            {
                WriteUdp(packet, length);
            }

            _taken += length;
            batch.Commit(packet.Length);
        }

        return false;
    }

    private void WriteNetworkHeader(Span<byte> packet)
    {
        if (_ipv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv6Length..], (ushort)(packet.Length - IpPacket.IPv6Header));
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Length..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Id..], _id);
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Checksum..], InternetChecksum.Finish(_headerSum + (uint)packet.Length + _id));
        _id++;
    }

    private readonly void WriteTcp(Span<byte> packet, int length)
    {
        uint sequence = _sequence + (uint)_taken;
        byte flags = _header[_transport + TcpFlags];
        flags &= _taken == 0 ? byte.MaxValue : unchecked((byte)~CongestionWindowReduced); // it answers one ECN echo, once (RFC 3168 §6.1.2)
        flags &= _taken + length == _payload.Length ? byte.MaxValue : unchecked((byte)~(Fin | Push));
        Span<byte> segment = packet[_transport..];
        BinaryPrimitives.WriteUInt32BigEndian(segment[TcpSequence..], sequence);
        segment[TcpFlags] = flags;
        ulong sum = _transportSum + (uint)segment.Length + sequence + ((uint)segment[TcpOffset] << 8) + flags;
        sum = InternetChecksum.CopyAndAdd(sum, _payload.Slice(_taken, length), packet[_header.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(segment[TcpChecksum..], InternetChecksum.Finish(sum));
    }

    private readonly void WriteUdp(Span<byte> packet, int length)
    {
        Span<byte> datagram = packet[_transport..];
        BinaryPrimitives.WriteUInt16BigEndian(datagram[UdpLength..], (ushort)datagram.Length);
        ulong sum = _transportSum + (2 * (ulong)datagram.Length); // in the pseudo-header and in the header
        sum = InternetChecksum.CopyAndAdd(sum, _payload.Slice(_taken, length), packet[_header.Length..]);
        ushort checksum = InternetChecksum.Finish(sum);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[UdpChecksum..], checksum == 0 ? ushort.MaxValue : checksum); // 0 would say: none (RFC 768)
    }
}
