using System.Buffers.Binary;
using FifoVpn.Devices;
using FifoVpn.Packets;
using FifoVpn.Tests.Packets;

namespace FifoVpn.Tests.Devices;

internal sealed class SegmentCutterTests
{
    private const byte Cwr = 0x80;

    [Test]
    public void Random_super_packets_are_cut_as_by_the_letter([Values] bool tcp, [Values] bool ipv6)
    {
        Random random = Checked.Seeded();
        for (int round = 0; round < 150; round++)
        {
            TestFlow flow = new(random, tcp, ipv6, options: random.Next(6) * 4);
            byte flags = (byte)(TestFlow.Ack | (random.Next(2) * TestFlow.Push) | (random.Next(2) * TestFlow.Fin) | (random.Next(2) * Cwr));
            byte[] super = flow.Next(1 + random.Next(round % 10 == 0 ? 65_400 : 9_000), flags);
            int segmentSize = 100 + random.Next(1_400);
            int maxPacket = tcp && random.Next(2) == 0 ? flow.HeaderLength + 1 + random.Next(1_500) : ushort.MaxValue;

            List<byte[]> cut = Cut(super, Describe(flow, super, segmentSize), maxPacket);

            Assert.That(cut, Is.EqualTo(Reference(super, flow.HeaderLength, Math.Min(segmentSize, maxPacket - flow.HeaderLength))));
            Assert.That(cut.Max(packet => packet.Length), Is.LessThanOrEqualTo(maxPacket));
        }
    }

    [Test]
    public void The_largest_super_packet_with_the_smallest_segments_goes_through_a_small_batch()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: false) { Sequence = uint.MaxValue - 100, Id = 1 };
        byte[] super = flow.Next(65_535 - 40);
        Assert.That(SegmentCutter.TryStart(super, Describe(flow, super, 1), 1_400, out SegmentCutter cutter), Is.True);
        using PacketBatch batch = new(4_096, 100);
        int packets = 0;
        bool more;
        do
        {
            batch.Clear();
            more = cutter.Append(batch);
            for (int i = 0; i < batch.Count; i++, packets++)
            {
                Assert.That(batch[i].Length, Is.EqualTo(41));
                Assert.That(batch[i][40], Is.EqualTo(super[40 + packets]));
            }
        }
        while (more);

        Assert.That(packets, Is.EqualTo(65_495));
        Assert.That(cutter.Append(batch), Is.False, "and nothing more");
    }

    [Test]
    public void Append_goes_on_behind_what_is_in_the_batch()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: false, ipv6: true);
        byte[] super = flow.Next(2_500);
        using PacketBatch batch = new();
        Assert.That(batch.TryAdd([1, 2, 3]), Is.True);
        Assert.That(SegmentCutter.TryStart(super, Describe(flow, super, 1_000), 1_400, out SegmentCutter cutter), Is.True);
        Assert.That(cutter.Append(batch), Is.False);
        Assert.That(batch.Lengths.ToArray(), Is.EqualTo(new[] { 3, 1_048, 1_048, 548 }));
        Assert.That(batch[0].ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void An_empty_batch_that_holds_no_packet_is_an_error_of_the_caller()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: true);
        byte[] super = flow.Next(60_000);
        using PacketBatch batch = new(1_000, 10); // the pool may give 1,024
        Assert.That(
            () =>
            {
                SegmentCutter.TryStart(super, Describe(flow, super, 2_000), ushort.MaxValue, out SegmentCutter cutter);
                cutter.Append(batch);
            },
            Throws.ArgumentException);
    }

    [Test]
    public void A_UDP_checksum_is_never_0()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: false, ipv6: false);
        byte[] packet = flow.Next(1_000);
        packet[1026] = packet[1027] = 0;
        TestFlow.Fix(packet);
        packet[26..28].CopyTo(packet, 1026); // now all the rest sums to zero
        byte[] super = [.. packet, .. packet[28..]];
        BinaryPrimitives.WriteUInt16BigEndian(super.AsSpan(2), (ushort)super.Length);
        BinaryPrimitives.WriteUInt16BigEndian(super.AsSpan(24), (ushort)(super.Length - 20));

        foreach (byte[] datagram in Cut(super, Describe(flow, super, 1_000), 1_400))
        {
            Assert.That(datagram[26..28], Is.EqualTo(new byte[] { 0xFF, 0xFF }));
        }
    }

    [Test]
    public void Datagrams_are_never_cut_smaller()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: false, ipv6: false);
        byte[] super = flow.Next(3_000);
        DevicePacket packet = Describe(flow, super, 1_000);
        Assert.That(packet.LongestPacket, Is.EqualTo(1_028));
        Assert.That(SegmentCutter.TryStart(super, packet, 1_027, out _), Is.False);
        Assert.That(SegmentCutter.TryStart(super, packet, 1_028, out _), Is.True);
    }

    [TestCase(0)]
    [TestCase(60)]
    public void Extension_headers_that_matter_to_no_checksum_are_kept(byte extension)
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: true);
        byte[] super = WithExtension(flow.Next(3_000), extension);
        DevicePacket packet = new(super.Length, 1_000, 68, IpProtocol.Tcp);

        List<byte[]> cut = Cut(super, packet, 1_400);

        Assert.That(cut, Has.Count.EqualTo(3));
        foreach (byte[] one in cut)
        {
            Assert.That(one[40..48], Is.EqualTo(super[40..48]));
            byte[] without = [.. one[..40], .. one[48..]];
            without[6] = IpProtocol.Tcp;
            BinaryPrimitives.WriteUInt16BigEndian(without.AsSpan(4), (ushort)(without.Length - 40));
            byte[] right = [.. without];
            TestFlow.Fix(right);
            Assert.That(without, Is.EqualTo(right));
        }
    }

    [TestCase(43)] // routing: the checksum is over an address that stands elsewhere
    [TestCase(44)] // a fragment
    [TestCase(51)]
    [TestCase(135)]
    public void Other_extension_headers_are_refused(byte extension)
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: true);
        byte[] super = WithExtension(flow.Next(3_000), extension);
        Assert.That(SegmentCutter.TryStart(super, new DevicePacket(super.Length, 1_000, 68, IpProtocol.Tcp), 1_400, out _), Is.False);
    }

    [Test]
    public void Contradictions_are_refused()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: false);
        byte[] super = flow.Next(3_000);
        DevicePacket good = Describe(flow, super, 1_000);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SegmentCutter.TryStart(super, good, 1_400, out _), Is.True);
            Refused(super, good with { Length = super.Length + 1 });
            Refused(super, good with { Length = super.Length - 1 });
            Refused(super, good with { Length = -1 });
            Refused(super, good with { SegmentSize = 0 });
            Refused(super, good with { SegmentSize = -5 });
            Refused(super, good with { HeaderLength = 52 });
            Refused(super, good with { HeaderLength = 0 });
            Refused(super, good with { Protocol = IpProtocol.Udp });
            Refused([], default);
            Assert.That(SegmentCutter.TryStart(super, good, good.HeaderLength, out _), Is.False);
            Assert.That(SegmentCutter.TryStart(super, good, -1, out _), Is.False);

            byte[] fragment = [.. super];
            fragment[6] = 0x20;
            Refused(fragment, good);
            byte[] offset = [.. super];
            offset[32] = 0x40;
            Refused(offset, good);
            Refused(offset, good with { HeaderLength = 36 });
            byte[] empty = flow.Next(0);
            Refused(empty, Describe(flow, empty, 1_000));
        }

        static void Refused(byte[] buffer, DevicePacket packet) => Assert.That(SegmentCutter.TryStart(buffer, packet, 1_400, out _), Is.False, packet.ToString());
    }

    [Test]
    public void Whatever_the_bytes_are_what_is_cut_is_well_formed()
    {
        Random random = Checked.Seeded();
        TestFlow[] flows = [new(random, true, false, options: 8), new(random, true, true, options: 8), new(random, false, false), new(random, false, true)];
        int accepted = 0;
        for (int round = 0; round < 20_000; round++)
        {
            TestFlow flow = flows[random.Next(flows.Length)];
            byte[] super = flow.Next(random.Next(400));
            super = super[..random.Next(super.Length - 10, super.Length + 1)];
            super[random.Next(Math.Min(80, super.Length))] = (byte)random.Next(256);
            DevicePacket packet = Describe(flow, super, random.Next(100));
            if (SegmentCutter.TryStart(super, packet, random.Next(1_400), out SegmentCutter cutter))
            {
                accepted++;
                using PacketBatch batch = new(packetCapacity: 400);
                Assert.That(cutter.Append(batch), Is.False);
                for (int i = 0; i < batch.Count; i++)
                {
                    Checked.HasRightHeader(batch[i]);
                }
            }
        }

        Assert.That(accepted, Is.GreaterThan(100));
    }

    internal static DevicePacket Describe(TestFlow flow, byte[] super, int segmentSize) => new(super.Length, segmentSize, flow.HeaderLength, flow.Protocol);

    internal static List<byte[]> Cut(byte[] super, DevicePacket packet, int maxPacket)
    {
        List<byte[]> all = [];
        using PacketBatch batch = new(2 * ushort.MaxValue, 7);
        Assert.That(SegmentCutter.TryStart(super, packet, maxPacket, out SegmentCutter cutter), Is.True);
        bool more;
        do
        {
            batch.Clear();
            more = cutter.Append(batch);
            Assert.That(batch.Count, Is.GreaterThan(0));
            for (int i = 0; i < batch.Count; i++)
            {
                all.Add(batch[i].ToArray());
            }
        }
        while (more);
        return all;
    }

    /// <summary>Field by field, with no sum that is kept; only for packets without options or extension headers.</summary>
    private static List<byte[]> Reference(byte[] super, int headerLength, int segmentSize)
    {
        bool ipv6 = super[0] >> 4 == 6;
        int transport = ipv6 ? 40 : 20;
        bool tcp = super[ipv6 ? 6 : 9] == IpProtocol.Tcp;
        List<byte[]> packets = [];
        for (int at = headerLength; at < super.Length; at += segmentSize)
        {
            bool last = at + segmentSize >= super.Length;
            byte[] packet = [.. super[..headerLength], .. super[at..Math.Min(super.Length, at + segmentSize)]];
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(ipv6 ? 4 : 2), (ushort)(packet.Length - (ipv6 ? 40 : 0)));
            if (!ipv6)
            {
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(super.AsSpan(4)) + packets.Count));
            }

            if (tcp)
            {
                uint sequence = BinaryPrimitives.ReadUInt32BigEndian(super.AsSpan(transport + 4));
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(transport + 4), (uint)(sequence + at - headerLength));
                packet[transport + 13] &= (byte)~((last ? 0 : TestFlow.Fin | TestFlow.Push) | (packets.Count == 0 ? 0 : Cwr));
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(transport + 4), (ushort)(packet.Length - transport));
            }

            TestFlow.Fix(packet);
            packets.Add(packet);
        }

        return packets;
    }

    private static byte[] WithExtension(byte[] packet, byte extension)
    {
        byte[] extended = [.. packet[..40], IpProtocol.Tcp, 0, 1, 4, 0, 0, 0, 0, .. packet[40..]];
        extended[6] = extension;
        BinaryPrimitives.WriteUInt16BigEndian(extended.AsSpan(4), (ushort)(extended.Length - 40));
        return extended;
    }
}
