using System.Buffers.Binary;
using FifoVpn.Devices;
using FifoVpn.Interop;
using FifoVpn.Packets;
using FifoVpn.Tests.Packets;

namespace FifoVpn.Tests.Devices;

/// <summary>One write of a device: a packet, or the super-packet of several.</summary>
internal sealed record Coalesced(byte[] Bytes, int Count, DevicePacket Packet)
{
    /// <summary>What a device would write for these packets, in this order.</summary>
    public static List<Coalesced> Of(IReadOnlyList<byte[]> packets, DeviceOffloads offloads = DeviceOffloads.All, int openFlows = PacketCoalescer.MaxOpenFlows)
    {
        byte[] bytes = [.. packets.SelectMany(packet => packet)];
        byte[] before = [.. bytes];
        int[] lengths = [.. packets.Select(packet => packet.Length)];
        PacketCoalescer coalescer = new(
            bytes, offloads, new PacketGroup[lengths.Length], new int[lengths.Length], new short[lengths.Length], new OpenFlow[openFlows]);
        List<Coalesced> all = [];
        foreach (PacketGroup group in coalescer.Plan(lengths))
        {
            all.Add(group.Count == 1 ? Single(bytes, group) : Super(bytes, lengths, coalescer, group));
        }

        Assert.That(bytes, Is.EqualTo(before), "what was undone is as it was");
        Assert.That(all.Sum(one => one.Count), Is.EqualTo(packets.Count), "each packet once");
        return all;
    }

    /// <summary>The packets that come out when it is cut again.</summary>
    public List<byte[]> Cut()
    {
        if (Count == 1)
        {
            return [Bytes];
        }

        using PacketBatch batch = new();
        Assert.That(SegmentCutter.TryStart(Bytes, Packet, ushort.MaxValue, out SegmentCutter cutter), Is.True);
        Assert.That(cutter.Append(batch), Is.False);
        return [.. Enumerable.Range(0, batch.Count).Select(i => batch[i].ToArray())];
    }

    private static Coalesced Single(byte[] bytes, in PacketGroup group) =>
        new(bytes[group.Offset..(group.Offset + group.Length)], 1, new DevicePacket(group.Length));

    private static Coalesced Super(byte[] bytes, int[] lengths, in PacketCoalescer coalescer, in PacketGroup group)
    {
        Span<byte> first = bytes.AsSpan(group.Offset, lengths[group.First]);
        SuperPacket super = SuperPacket.Begin(first, group, out VirtioHeader header);
        List<byte> whole = [.. first];
        int number = group.First;
        for (int i = 1; i < group.Count; i++)
        {
            number = coalescer.Next[number];
            int at = coalescer.Offsets[number];
            whole.AddRange(bytes[(at + group.HeaderLength)..(at + lengths[number])]);
        }

        super.Undo(first, group);
        Assert.That(number, Is.EqualTo(group.Last));
        byte[] packet = [.. whole];
        CheckHeader(packet, header, group);
        return new Coalesced(packet, group.Count, new DevicePacket(packet.Length, header.SegmentSize, header.HeaderLength, group.IsTcp ? IpProtocol.Tcp : IpProtocol.Udp));
    }

    private static void CheckHeader(byte[] packet, in VirtioHeader header, in PacketGroup group)
    {
        Assert.That(packet, Has.Length.EqualTo(group.Length));
        Checked.HasRightHeader(packet);
        Assert.That(header.Flags, Is.EqualTo(VirtioHeader.NeedsChecksum));
        Assert.That(header.SegmentationType, Is.EqualTo(group.IsTcp ? group.IsIPv6 ? VirtioHeader.TcpIPv6 : VirtioHeader.TcpIPv4 : VirtioHeader.Udp));

        // A kernel that does not cut it completes its checksum.
        byte[] whole = [.. packet];
        TunDevice.CompleteChecksum(whole, header.ChecksumStart, header.ChecksumOffset);
        byte[] expected = [.. packet];
        TestFlow.Fix(expected);
        Assert.That(whole, Is.EqualTo(expected), "a sum of the pseudo-header in the checksum field");
        if (!group.IsTcp)
        {
            Assert.That(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(header.ChecksumStart + 4)), Is.EqualTo(packet.Length - header.ChecksumStart));
        }
    }
}
