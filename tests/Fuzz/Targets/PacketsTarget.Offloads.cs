using FifoVpn.Devices;
using FifoVpn.Interop;
using FifoVpn.Packets;

namespace FifoDtls.Fuzz;

// The input as a super-packet that is cut, and the packets of it as those that are merged again.
internal sealed partial class PacketsTarget
{
    private const int BatchPackets = 128;

    private readonly PacketBatch _batch = new(packetCapacity: BatchPackets);
    private readonly PacketBatch _again = new(packetCapacity: BatchPackets);
    private readonly byte[] _super = new byte[66_000];
    private readonly PacketGroup[] _groups = new PacketGroup[BatchPackets];
    private readonly int[] _offsets = new int[BatchPackets];
    private readonly short[] _next = new short[BatchPackets];
    private readonly OpenFlow[] _flows = new OpenFlow[PacketCoalescer.MaxOpenFlows];

    private void CheckOffloads(ReadOnlySpan<byte> input, int mtu)
    {
        bool found = TransportHeader.TryFind(input, out TransportHeader transport);
        DevicePacket super = new(input.Length, 1 + (_number % 700), found ? transport.End : IpPacket.IPv6Header, found ? transport.Protocol : IpProtocol.Tcp);
        if (!SegmentCutter.TryStart(input, super, mtu, out SegmentCutter cutter))
        {
            return;
        }

        Count("segmented");
        Must.Hold(found && transport.End < input.Length, "only what has a TCP or UDP header and data is cut");
        int taken = transport.End;
        bool more;
        do
        {
            _batch.Clear();
            more = cutter.Append(_batch);
            for (int i = 0; i < _batch.Count; i++)
            {
                Span<byte> packet = _batch[i];
                Must.Hold(packet.Length <= mtu && TransportHeader.TryFind(packet, out TransportHeader header) && header.End == transport.End, "a segment is a packet that fits");
                Must.Hold(packet[transport.End..].SequenceEqual(input.Slice(taken, packet.Length - transport.End)), "segments are the data");
                taken += packet.Length - transport.End;
                CheckChecksums(packet, transport);
            }

            CheckMerging();
        }
        while (more);
        Must.Hold(taken == input.Length, "segments are all of the data");
    }

    private static void CheckChecksums(ReadOnlySpan<byte> packet, in TransportHeader transport)
    {
        Must.Hold(IpPacket.TryParse(packet, out IpPacket parsed, out _) && (parsed.IsIPv6 || InternetChecksum.Compute(parsed.Header) == 0), "a segment's header checksum");
        ReadOnlySpan<byte> upper = packet[transport.Offset..];
        ulong sum = InternetChecksum.AddPseudoHeader(0, parsed.Source, parsed.Destination, transport.Protocol, upper.Length);
        Must.Hold(InternetChecksum.Finish(InternetChecksum.Add(sum, upper)) == 0, "a segment's checksum");
    }

    private void CheckMerging()
    {
        PacketCoalescer coalescer = new(_batch.Bytes, DeviceOffloads.All, _groups, _offsets, _next, _flows);
        int packets = 0;
        foreach (PacketGroup group in coalescer.Plan(_batch.Lengths))
        {
            packets += group.Count;
            if (group.Count > 1)
            {
                Count("merged");
                CheckGroup(group);
            }
        }

        Must.Hold(packets == _batch.Count, "each packet is written once");
    }

    private void CheckGroup(in PacketGroup group)
    {
        SuperPacket begun = SuperPacket.Begin(_batch[group.First], group, out VirtioHeader header);
        _batch[group.First].CopyTo(_super);
        begun.Undo(_batch[group.First], group);
        int length = _batch[group.First].Length;
        int number = group.First;
        for (int i = 1; i < group.Count; i++)
        {
            number = _next[number];
            Span<byte> payload = _batch[number][group.HeaderLength..];
            payload.CopyTo(_super.AsSpan(length));
            length += payload.Length;
        }

        DevicePacket super = new(length, header.SegmentSize, header.HeaderLength, group.IsTcp ? IpProtocol.Tcp : IpProtocol.Udp);
        _again.Clear();
        Must.Hold(SegmentCutter.TryStart(_super, super, ushort.MaxValue, out SegmentCutter cutter) && !cutter.Append(_again), "a super-packet can be cut");
        Must.Hold(_again.Count == group.Count, "into as many packets");
        number = group.First;
        for (int i = 0; i < group.Count; i++)
        {
            Must.Hold(_again[i].SequenceEqual(_batch[number]), "what goes in comes out");
            number = _next[number];
        }
    }
}
