using FifoVpn.Devices;
using FifoVpn.Packets;
using FifoVpn.Tests.Packets;

namespace FifoVpn.Tests.Devices;

/// <summary>What goes in comes out, byte for byte and in order; and nothing is merged that would not.</summary>
internal sealed class PacketCoalescerTests
{
    [Test]
    public void Random_interleaved_flows_come_out_as_they_went_in()
    {
        Random random = Checked.Seeded();
        int merged = 0;
        for (int round = 0; round < 400; round++)
        {
            List<byte[]> packets = RandomBatch(random);
            List<Coalesced> written = Coalesced.Of(packets, openFlows: 1 + random.Next(PacketCoalescer.MaxOpenFlows));
            List<byte[]> cut = [.. written.SelectMany(one => one.Cut())];
            merged += packets.Count - written.Count;

            ILookup<string, byte[]> expected = packets.ToLookup(FlowOf);
            ILookup<string, byte[]> actual = cut.ToLookup(FlowOf);
            Assert.That(actual, Has.Count.EqualTo(expected.Count));
            foreach (IGrouping<string, byte[]> flow in expected)
            {
                Assert.That(actual[flow.Key], Is.EqualTo(flow), $"flow {flow.Key} in round {round}");
            }
        }

        Assert.That(merged, Is.GreaterThan(2_000));
    }

    [Test]
    public void A_bulk_flow_becomes_one_super_packet([Values] bool tcp, [Values] bool ipv6)
    {
        TestFlow flow = new(Checked.Seeded(), tcp, ipv6, options: tcp ? 12 : 0) { Sequence = uint.MaxValue - 3_000, Id = ushort.MaxValue - 2 };
        List<byte[]> packets = [.. Enumerable.Range(0, 40).Select(_ => flow.Next(1_300)), flow.Next(700)];

        List<Coalesced> written = Coalesced.Of(packets);

        Assert.That(written, Has.Count.EqualTo(1));
        Assert.That(written[0].Packet, Is.EqualTo(new DevicePacket(flow.HeaderLength + (40 * 1_300) + 700, 1_300, flow.HeaderLength, flow.Protocol)));
        Assert.That(written[0].Cut(), Is.EqualTo(packets));
    }

    [Test]
    public void A_super_packet_is_no_longer_than_a_packet_can_be([Values] bool ipv6)
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6);
        List<byte[]> packets = [.. Enumerable.Range(0, 100).Select(_ => flow.Next(1_400))];

        List<Coalesced> written = Coalesced.Of(packets);

        Assert.That(written.Select(one => one.Count), Is.EqualTo(new[] { 46, 46, 8 }));
        Assert.That(written.SelectMany(one => one.Cut()), Is.EqualTo(packets));
    }

    [Test]
    public void At_most_64_datagrams_are_one_super_packet()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: false, ipv6: false);
        Assert.That(Coalesced.Of([.. Enumerable.Range(0, 100).Select(_ => flow.Next(100))]).Select(one => one.Count), Is.EqualTo(new[] { 64, 36 }));
    }

    [Test]
    public void PSH_ends_a_group_and_stays_where_it_was([Values] bool ipv6)
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6);
        byte[][] packets =
        [
            flow.Next(500), flow.Next(500), flow.Next(500, TestFlow.Ack | TestFlow.Push),
            flow.Next(500, TestFlow.Ack | TestFlow.Push),
            flow.Next(500), flow.Next(200, TestFlow.Ack | TestFlow.Push),
        ];

        List<Coalesced> written = Coalesced.Of(packets);

        Assert.That(written.Select(one => one.Count), Is.EqualTo(new[] { 3, 1, 2 }));
        Assert.That(written.SelectMany(one => one.Cut()), Is.EqualTo(packets));
    }

    [Test]
    public void Only_what_is_turned_on_is_merged([Values] bool tcp)
    {
        TestFlow flow = new(Checked.Seeded(), tcp, ipv6: false);
        byte[][] packets = [flow.Next(500), flow.Next(500)];
        DeviceOffloads own = tcp ? DeviceOffloads.TcpSegmentation : DeviceOffloads.UdpSegmentation;

        Assert.That(Coalesced.Of(packets, own), Has.Count.EqualTo(1));
        Assert.That(Coalesced.Of(packets, DeviceOffloads.All & ~own), Has.Count.EqualTo(2));
        Assert.That(Coalesced.Of(packets, DeviceOffloads.None), Has.Count.EqualTo(2));
    }

    [TestCaseSource(nameof(Differences))]
    public void A_difference_that_would_be_lost_prevents_merging(string name, bool tcp, bool ipv6, int at, byte change)
    {
        TestFlow flow = new(Checked.Seeded(), tcp, ipv6, options: tcp ? 12 : 0);
        byte[][] packets = [flow.Next(500), flow.Next(500), flow.Next(500)];
        Assert.That(Coalesced.Of(packets), Has.Count.EqualTo(1), "without it they are merged");

        packets[1][at] ^= change;
        TestFlow.Fix(packets[1]);

        List<Coalesced> written = Coalesced.Of(packets);
        Assert.That(written.All(one => one.Count == 1) || (written.Count == 2 && FlowOf(packets[1]) != FlowOf(packets[0])), Is.True, name);
        Assert.That(written.SelectMany(one => one.Cut()).ToLookup(FlowOf)[FlowOf(packets[1])], Is.EqualTo(packets.ToLookup(FlowOf)[FlowOf(packets[1])]));
    }

    [Test]
    public void A_wrong_checksum_is_passed_on_alone([Values] bool tcp, [Values] bool ipv6, [Values(0, 1, 2)] int which)
    {
        TestFlow flow = new(Checked.Seeded(), tcp, ipv6);
        byte[][] packets = [flow.Next(500), flow.Next(500), flow.Next(500)];
        packets[which][^1] ^= 0x40;

        List<Coalesced> written = Coalesced.Of(packets);

        Assert.That(written.SelectMany(one => one.Cut()), Is.EqualTo(packets));
        Assert.That(written.Single(one => one.Bytes.SequenceEqual(packets[which])).Count, Is.EqualTo(1));
    }

    [Test]
    public void A_wrong_header_checksum_is_passed_on_alone()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: false);
        byte[][] packets = [flow.Next(500), flow.Next(500)];
        packets[1][10] ^= 1;
        Assert.That(Coalesced.Of(packets).SelectMany(one => one.Cut()), Is.EqualTo(packets));
        Assert.That(Coalesced.Of(packets), Has.Count.EqualTo(2));
    }

    [Test]
    public void A_datagram_without_checksum_is_passed_on_alone()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: false, ipv6: false);
        byte[][] packets = [flow.Next(500), flow.Next(500)];
        packets[0][26] = packets[0][27] = 0;
        Assert.That(Coalesced.Of(packets), Has.Count.EqualTo(2));
    }

    // Both forms of zero are right, but a super-packet can't say which one it was.
    [Test]
    public void A_checksum_in_the_other_form_of_zero_is_passed_on_alone()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: false);
        byte[][] packets = [flow.Next(500), flow.Next(500)];
        packets[1][^2] = packets[1][^1] = 0;
        TestFlow.Fix(packets[1]);
        packets[1][36..38].CopyTo(packets[1], 498 + 40); // now the data's last word takes the checksum to zero
        TestFlow.Fix(packets[1]);
        Assert.That(packets[1][36..38], Is.EqualTo(new byte[2]));
        Assert.That(Coalesced.Of(packets), Has.Count.EqualTo(1));

        packets[1][36] = packets[1][37] = 0xFF;
        Assert.That(Coalesced.Of(packets), Has.Count.EqualTo(2));
    }

    [TestCase(1, 500, 500)] // a gap, or one lost
    [TestCase(-1, 500, 500)]
    [TestCase(0, 500, 501)] // longer than the first
    public void A_segment_that_does_not_follow_is_not_merged(int gap, int first, int second)
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: true);
        byte[] one = flow.Next(first);
        flow.Sequence = (uint)(flow.Sequence + gap);
        Assert.That(Coalesced.Of([one, flow.Next(second)]), Has.Count.EqualTo(2));
    }

    [Test]
    public void Nothing_follows_a_shorter_segment()
    {
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: false);
        byte[][] packets = [flow.Next(500), flow.Next(499), flow.Next(500), flow.Next(500)];
        Assert.That(Coalesced.Of(packets).Select(one => one.Count), Is.EqualTo(new[] { 2, 2 }));
    }

    [Test]
    public void Ids_that_do_not_count_up_are_not_merged([Values] bool tcp)
    {
        TestFlow flow = new(Checked.Seeded(), tcp, ipv6: false);
        byte[] first = flow.Next(500);
        flow.Id--;
        Assert.That(Coalesced.Of([first, flow.Next(500)]), Has.Count.EqualTo(2));
    }

    [Test]
    public void A_packet_that_cannot_be_merged_ends_the_group_of_its_flow_only()
    {
        Random random = Checked.Seeded();
        TestFlow one = new(random, tcp: true, ipv6: false, number: 1);
        TestFlow other = new(random, tcp: true, ipv6: false, number: 2);
        byte[][] packets = [one.Next(500), other.Next(400), one.Next(0), other.Next(400), one.Next(500), other.Next(400), one.Next(500)];

        // The acknowledgement (no data) of the first flow has an id of its own, so the sequence goes on behind it.
        List<Coalesced> written = Coalesced.Of(packets);

        Assert.That(written.Select(group => group.Count), Is.EqualTo(new[] { 1, 3, 1, 2 }));
        Assert.That(written[2].Bytes, Is.EqualTo(packets[2]));
    }

    [Test]
    public void A_fragment_ends_all_groups()
    {
        Random random = Checked.Seeded();
        TestFlow flow = new(random, tcp: false, ipv6: false);
        byte[] before = flow.Next(500);
        byte[] fragment = flow.Next(500);
        fragment[6] = 0x20;
        TestFlow.Fix(fragment);
        byte[][] packets = [before, fragment, flow.Next(500)];
        Assert.That(Coalesced.Of(packets).Select(group => group.Bytes), Is.EqualTo(packets));
    }

    [Test]
    public void Nothing_is_read_out_of_bounds()
    {
        Random random = Checked.Seeded();
        TestFlow[] flows = [new(random, true, false, options: 8), new(random, true, true, options: 8), new(random, false, false), new(random, false, true)];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] whole = flows[random.Next(flows.Length)].Next(random.Next(100));
            byte[] packet = whole[..random.Next(whole.Length + 1)];
            if (packet.Length > 0 && random.Next(2) == 0)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            byte[][] packets = [whole, packet, whole];
            Assert.That(Coalesced.Of(packets).SelectMany(one => one.Cut()).ToLookup(FlowOf)[FlowOf(packet)], Is.EqualTo(packets.ToLookup(FlowOf)[FlowOf(packet)]));
        }
    }

    private static IEnumerable<object[]> Differences()
    {
        foreach (bool tcp in new[] { true, false })
        {
            yield return ["IPv4 type of service", tcp, false, 1, (byte)1];
            yield return ["IPv4 id", tcp, false, 5, (byte)4];
            yield return ["IPv4 don't fragment", tcp, false, 6, (byte)0x40];
            yield return ["IPv4 reserved bit", tcp, false, 6, (byte)0x80];
            yield return ["IPv4 time to live", tcp, false, 8, (byte)1];
            yield return ["IPv4 source", tcp, false, 15, (byte)1];
            yield return ["IPv4 destination", tcp, false, 19, (byte)1];
            yield return ["IPv6 traffic class", tcp, true, 1, (byte)0x10];
            yield return ["IPv6 flow label", tcp, true, 3, (byte)1];
            yield return ["IPv6 hop limit", tcp, true, 7, (byte)1];
            yield return ["IPv6 source", tcp, true, 8, (byte)1];
            yield return ["IPv6 destination", tcp, true, 39, (byte)1];
            foreach (bool ipv6 in new[] { false, true })
            {
                yield return ["source port", tcp, ipv6, ipv6 ? 41 : 21, (byte)4];
                yield return ["destination port", tcp, ipv6, ipv6 ? 43 : 23, (byte)4];
            }
        }

        foreach (bool ipv6 in new[] { false, true })
        {
            int tcp = ipv6 ? 40 : 20;
            yield return ["sequence", true, ipv6, tcp + 7, (byte)1];
            yield return ["acknowledgement", true, ipv6, tcp + 11, (byte)1];
            yield return ["data offset", true, ipv6, tcp + 12, (byte)0x10];
            yield return ["reserved bits", true, ipv6, tcp + 12, (byte)1];
            foreach (byte flag in new byte[] { 1, 2, 4, 0x10, 0x20, 0x40, 0x80 })
            {
                yield return [$"flag {flag}", true, ipv6, tcp + 13, flag];
            }

            yield return ["window", true, ipv6, tcp + 15, (byte)1];
            yield return ["urgent pointer", true, ipv6, tcp + 19, (byte)1];
            yield return ["options", true, ipv6, tcp + 31, (byte)1];
            yield return ["UDP length", false, ipv6, tcp + 5, (byte)1];
        }
    }

    private static List<byte[]> RandomBatch(Random random)
    {
        TestFlow[] flows = [.. Enumerable.Range(0, 1 + random.Next(12)).Select(
            i => new TestFlow(random, random.Next(3) > 0, random.Next(2) > 0, i, random.Next(3) * 4))];
        int[] sizes = [.. flows.Select(_ => 1 + random.Next(random.Next(2) == 0 ? 40 : 1_400))];
        List<byte[]> packets = [];
        while (packets.Count < 100)
        {
            int chosen = random.Next(flows.Length);
            for (int run = 1 + random.Next(12); run > 0; run--)
            {
                byte flags = random.Next(10) switch
                {
                    0 => TestFlow.Ack | TestFlow.Push,
                    1 when random.Next(4) == 0 => (byte)random.Next(256),
                    _ => TestFlow.Ack,
                };
                byte[] packet = flows[chosen].Next(random.Next(12) == 0 ? random.Next(sizes[chosen] + 20) : sizes[chosen], flags);
                if (random.Next(40) == 0)
                {
                    packet[random.Next(packet.Length)] ^= (byte)(1 << random.Next(8));
                }

                packets.Add(packet);
            }
        }

        return packets;
    }

    // Version, protocol, addresses and ports, if it is a whole TCP or UDP packet; what can't be told apart is one flow.
    private static string FlowOf(byte[] packet) => FlowPacket.TryRead(packet, out FlowPacket flow, out _)
        ? $"{flow.Key:x} {Convert.ToHexString(flow.IsIPv6 ? packet[8..40] : packet[12..20])}"
        : "others";
}
