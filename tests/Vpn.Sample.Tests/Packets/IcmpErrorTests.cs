using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class IcmpErrorTests
{
    private static readonly VpnAddress Own4 = VpnAddress.Parse("10.88.0.254");
    private static readonly VpnAddress Own6 = VpnAddress.Parse("fd88::254");
    private static readonly IpPrefix Network = IpPrefix.Parse("10.88.0.0/24");

    [TestCase(false, 0, "0304000004d2")]
    [TestCase(true, 0, "0200000004d2")]
    [TestCase(false, 1, "0b00000000")]
    [TestCase(true, 1, "030000000000")]
    [TestCase(false, 2, "030000000000")]
    [TestCase(true, 2, "010000000000")]
    [TestCase(false, 3, "030100000000")]
    [TestCase(true, 3, "010300000000")]
    [TestCase(false, 4, "030d00000000")]
    [TestCase(true, 4, "010100000000")]
    public void Header_is_that_of_the_RFC(bool ipv6, int kind, string typeCodeAndRest)
    {
        byte[] packet = Packet(ipv6, 100);
        byte[] buffer = new byte[IcmpError.MaxLength];

        int length = Write(kind, buffer, packet, ipv6);

        int header = ipv6 ? 40 : 20;
        byte[] fields = [.. buffer[header..(header + 2)], .. buffer[(header + 4)..(header + 8)]];
        Assert.That(Convert.ToHexStringLower(fields), Does.StartWith(typeCodeAndRest));
        Assert.That(length, Is.EqualTo(header + 8 + packet.Length));
    }

    [Test]
    public void Every_error_is_a_right_packet_to_the_sender_that_quotes_as_much_as_fits()
    {
        Random random = Checked.Seeded();
        byte[] buffer = new byte[IcmpError.MaxLength];
        for (int round = 0; round < 5000; round++)
        {
            bool ipv6 = random.Next(2) == 0;
            byte[] packet = Packet(ipv6, random.Next(0, 3000));

            int length = Write(round % 5, buffer, packet, ipv6);

            int header = ipv6 ? 40 : 20;
            int limit = ipv6 ? 1280 : 576;
            Assert.That(length, Is.EqualTo(Math.Min(limit, header + 8 + packet.Length)));
            Checked.HasRightHeader(buffer.AsSpan(0, length));
            IpPacket.TryParse(buffer.AsSpan(0, length), out IpPacket parsed, out _);
            Assert.That(parsed.Source, Is.EqualTo(ipv6 ? Own6 : Own4));
            Assert.That(parsed.Destination, Is.EqualTo(VpnAddress.Parse(ipv6 ? "fd88::1" : "10.88.0.1")));
            Assert.That(parsed.Protocol, Is.EqualTo(ipv6 ? 58 : 1));
            ushort checksum = ipv6 ? Checked.UpperChecksum(parsed.Source, parsed.Destination, 58, parsed.Payload) : (ushort)~Checked.Sum(parsed.Payload);
            Assert.That(checksum, Is.Zero);
            Assert.That(parsed.Payload[8..].SequenceEqual(packet.AsSpan(0, length - header - 8)), Is.True, "the quote");
        }
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        foreach (int type in (int[])[3, 4, 5, 11, 12, 1, 2, 200])
        {
            yield return Case($"ICMP type {type}", Checked.Ip("10.88.0.1", "10.88.0.2", 1, [(byte)type, 0, 0, 0, 0, 0, 0, 0]));
        }

        foreach (int type in (int[])[1, 2, 3, 4, 100, 127, 137])
        {
            byte[] message = [(byte)type, 0, 0, 0, 0, 0, 0, 0];
            yield return Case($"ICMPv6 type {type}", Checked.Ip("fd88::1", "fd88::2", 58, message));
            yield return Case($"ICMPv6 type {type} behind an option", Checked.Ip("fd88::1", "fd88::2", 60, [58, 0, 1, 4, 0, 0, 0, 0, .. message]));
        }

        byte[] fragment = Checked.Ip("10.88.0.1", "10.88.0.2", 17, new byte[100]);
        fragment[7] = 3;
        yield return Case("later fragment", fragment);
        yield return Case("later fragment of ICMPv6", Checked.Ip("fd88::1", "fd88::2", 44, [58, 0, 0, 8, 0, 0, 0, 1, 128, 0, 0, 0]));
        yield return Case("ICMP without a type", Checked.Ip("10.88.0.1", "10.88.0.2", 1, []));
        yield return Case("ICMPv6 without a type", Checked.Ip("fd88::1", "fd88::2", 58, []));
        yield return Case("extension header past the end", Checked.Ip("fd88::1", "fd88::2", 0, [17, 9, 0, 0, 0, 0, 0, 0]));
        foreach (string source in (string[])["0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "255.255.255.255", "250.0.0.1", "10.88.0.255"])
        {
            yield return Case($"from {source}", Checked.Ip(source, "10.88.0.2", 17, new byte[20]));
        }

        foreach (string source in (string[])["::", "::1", "ff02::1", "::ffff:10.88.0.1"])
        {
            yield return Case($"from {source}", Checked.Ip(source, "fd88::2", 17, new byte[20]));
        }

        foreach (string destination in (string[])["224.0.0.251", "255.255.255.255", "10.88.0.255"])
        {
            yield return Case($"to {destination}", Checked.Ip("10.88.0.1", destination, 17, new byte[20]));
        }

        yield return Case("cut", Packet(false, 100)[..^1]);
        yield return Case("nothing", []);

        static TestCaseData Case(string name, byte[] packet) => new TestCaseData(packet).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Refused))]
    public void What_RFC_1122_and_RFC_4443_forbid_is_not_answered(byte[] packet)
    {
        byte[] buffer = new byte[IcmpError.MaxLength];
        bool ipv6 = packet.Length > 0 && packet[0] >> 4 == 6;
        for (int kind = 0; kind < 5; kind++)
        {
            Assert.That(Write(kind, buffer, packet, ipv6), Is.Zero, $"kind {kind}");
        }

        Assert.That(buffer, Is.All.Zero);
    }

    [Test]
    public void IPv6_multicast_is_answered_if_it_is_too_big_and_only_then()
    {
        byte[] packet = Checked.Ip("fd88::1", "ff05::1", 17, new byte[20]);
        byte[] buffer = new byte[IcmpError.MaxLength];

        Assert.That(Enumerable.Range(0, 5).Select(kind => Write(kind, buffer, packet, ipv6: true) > 0), Is.EqualTo([true, false, false, false, false]));
    }

    [TestCase("first fragment", "10.88.0.1")]
    [TestCase("echo request", "10.88.0.1")]
    [TestCase("echo request", "fd88::1")]
    [TestCase("later fragment of UDP", "fd88::1")]
    [TestCase("last address of another network", "10.88.1.255")]
    public void What_looks_like_it_but_is_permitted_is_answered(string what, string from)
    {
        string to = from.Contains(':', StringComparison.Ordinal) ? "fd88::2" : "10.88.0.2";
        byte[] packet = what switch
        {
            "first fragment" => Checked.Ip(from, to, 17, new byte[100]),
            "echo request" => Checked.Ip(from, to, to[0] == 'f' ? IpProtocol.IcmpV6 : IpProtocol.Icmp, [to[0] == 'f' ? (byte)128 : (byte)8, 0, 0, 0, 0, 0, 0, 0]),
            "later fragment of UDP" => Checked.Ip(from, to, 44, [17, 0, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0]),
            _ => Checked.Ip(from, to, 17, new byte[100]),
        };
        if (what == "first fragment")
        {
            packet[6] |= 0x20;
        }

        byte[] buffer = new byte[IcmpError.MaxLength];
        Assert.That(Enumerable.Range(0, 5).Select(kind => Write(kind, buffer, packet, to[0] == 'f')), Is.All.GreaterThan(0));
    }

    [Test]
    public void No_fragmentation_needed_where_a_router_may_fragment()
    {
        byte[] packet = Checked.Udp(Checked.Seeded(), "10.88.0.1", "10.88.0.2", 1000, dontFragment: false);
        byte[] buffer = new byte[IcmpError.MaxLength];

        Assert.That(IcmpError.WriteTooBig(buffer, packet, Own4, 500), Is.Zero);
        Assert.That(IcmpError.WriteTimeExceeded(buffer, packet, Own4), Is.GreaterThan(0));
    }

    [Test]
    public void An_error_is_not_answered_with_an_error()
    {
        byte[] first = new byte[IcmpError.MaxLength];
        byte[] second = new byte[IcmpError.MaxLength];
        foreach (bool ipv6 in (bool[])[false, true])
        {
            for (int kind = 0; kind < 5; kind++)
            {
                int length = Write(kind, first, Packet(ipv6, 2000), ipv6);
                Assert.That(Write(kind, second, first[..length], ipv6), Is.Zero);
            }
        }
    }

    [Test]
    public void Bad_arguments_are_refused_and_the_other_family_is_not_answered()
    {
        byte[] packet = Packet(false, 100);
        byte[] buffer = new byte[IcmpError.MaxLength];
        Assert.Multiple(() =>
        {
            Assert.That(() => IcmpError.WriteTooBig(buffer, packet, Own4, 67), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => IcmpError.WriteTooBig(buffer, packet, Own4, 65_536), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => IcmpError.WriteTooBig(buffer.AsSpan(1), packet, Own4, 1000), Throws.ArgumentException);
            Assert.That(() => IcmpError.WriteUnreachable(buffer, packet, Own4, (UnreachableReason)9), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(IcmpError.WriteTooBig(buffer, packet, Own6, 1280), Is.Zero);
            Assert.That(IcmpError.WriteTooBig(buffer, Packet(true, 100), Own4, 1280), Is.Zero);
        });
    }

    [Test]
    public void Random_bytes_are_never_a_reason_to_throw()
    {
        Random random = Checked.Seeded();
        byte[] buffer = new byte[IcmpError.MaxLength];
        for (int round = 0; round < 50_000; round++)
        {
            bool ipv6 = round % 2 == 0;
            byte[] packet = ipv6
                ? Checked.Ip("fd88::1", "fd88::2", (byte)(random.Next(3) * 30), RandomBytes(random, random.Next(0, 40)))
                : Checked.Ip("10.88.0.1", "10.88.0.2", 1, RandomBytes(random, random.Next(0, 40)));
            packet[random.Next(packet.Length)] = (byte)random.Next(256);
            Write(round % 5, buffer, packet, ipv6);
        }

        static byte[] RandomBytes(Random random, int length)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Test]
    public void Writing_allocates_nothing()
    {
        byte[] v4 = Packet(false, 1400);
        byte[] v6 = Packet(true, 1400);
        byte[] buffer = new byte[IcmpError.MaxLength];
        int total = Run(v4, v6, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        total += Run(v4, v6, buffer);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(total, Is.EqualTo(2 * 5 * (576 + 1280)));

        static int Run(byte[] v4, byte[] v6, byte[] buffer)
        {
            int total = 0;
            for (int kind = 0; kind < 5; kind++)
            {
                total += Write(kind, buffer, v4, false) + Write(kind, buffer, v6, true);
            }

            return total;
        }
    }

    internal static byte[] Packet(bool ipv6, int payload) =>
        Checked.Udp(new Random(payload), ipv6 ? "fd88::1" : "10.88.0.1", ipv6 ? "fd88::2" : "10.88.0.2", payload, dontFragment: true);

    internal static int Write(int kind, byte[] buffer, byte[] packet, bool ipv6)
    {
        VpnAddress own = ipv6 ? Own6 : Own4;
        return kind switch
        {
            0 => IcmpError.WriteTooBig(buffer, packet, own, 1234, Network),
            1 => IcmpError.WriteTimeExceeded(buffer, packet, own, Network),
            2 => IcmpError.WriteUnreachable(buffer, packet, own, UnreachableReason.NoRoute, Network),
            3 => IcmpError.WriteUnreachable(buffer, packet, own, UnreachableReason.HostUnreachable, Network),
            _ => IcmpError.WriteUnreachable(buffer, packet, own, UnreachableReason.Prohibited, Network),
        };
    }
}
