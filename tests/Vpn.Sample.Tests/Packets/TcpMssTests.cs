using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class TcpMssTests
{
    private const byte Syn = 0x02;
    private static readonly byte[] Mss1460 = [2, 4, 0x05, 0xB4];

    [TestCase(false, 1400, 1360)]
    [TestCase(true, 1400, 1340)]
    [TestCase(false, 1501, 1460)]
    [TestCase(false, 1500, 1460)]
    [TestCase(false, 1499, 1459)]
    [TestCase(true, 1520, 1460)]
    [TestCase(true, 1519, 1459)]
    [TestCase(false, 68, 28)]
    [TestCase(true, 68, 8)]
    public void MSS_fits_the_tunnel_and_is_never_raised(bool ipv6, int mtu, int expected)
    {
        byte[] packet = Segment(ipv6, Syn, Mss1460);

        bool changed = TcpMss.Clamp(packet, mtu);

        Assert.That(changed, Is.EqualTo(expected != 1460));
        Assert.That(Mss(packet, 20 + (ipv6 ? 40 : 20) + 2), Is.EqualTo(expected));
        HasRightChecksum(packet, ipv6 ? 40 : 20);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Checksum_is_right_for_any_ports_value_place_and_MTU(bool ipv6)
    {
        Random random = Checked.Seeded();
        for (int round = 0; round < 20_000; round++)
        {
            // No-operations in front move the option to even and odd offsets.
            int shift = random.Next(0, 6);
            byte[] options = [.. Enumerable.Repeat((byte)1, shift), 2, 4, (byte)random.Next(256), (byte)random.Next(256)];
            Array.Resize(ref options, (options.Length + 3) & ~3);
            byte[] packet = Segment(ipv6, (byte)(Syn | random.Next(256)), options, random);
            byte[] before = [.. packet];
            int header = ipv6 ? 40 : 20;
            int at = header + 20 + shift + 2;
            int mtu = random.Next(68, 66_000);

            bool changed = TcpMss.Clamp(packet, mtu);

            int limit = Math.Min(65535, mtu - header - 20);
            Assert.That(Mss(packet, at), Is.EqualTo(Math.Min(Mss(before, at), limit)));
            Assert.That(changed, Is.EqualTo(Mss(before, at) > limit));
            HasRightChecksum(packet, header);
            packet.AsSpan(at, 2).Clear();
            before.AsSpan(at, 2).Clear();
            packet.AsSpan(header + 16, 2).Clear();
            before.AsSpan(header + 16, 2).Clear();
            Assert.That(packet.AsSpan().SequenceEqual(before), Is.True, "nothing else changes");
        }
    }

    [Test]
    public void Option_behind_others_and_behind_extension_headers_is_found()
    {
        byte[] options = [4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7, .. Mss1460];
        byte[] tcp = Tcp(VpnAddress.Parse("fd88::1"), VpnAddress.Parse("fd88::2"), Syn, options, new Random(1));
        byte[] hopByHop = [60, 0, 1, 4, 0, 0, 0, 0];
        byte[] destination = [IpProtocol.Tcp, 1, 1, 12, .. new byte[12]];
        byte[] packet = Checked.Ip("fd88::1", "fd88::2", 0, [.. hopByHop, .. destination, .. tcp]);

        Assert.That(TcpMss.Clamp(packet, 1300), Is.True);
        Assert.That(Mss(packet, packet.Length - 2), Is.EqualTo(1240));
        HasRightChecksum(packet, 64);
    }

    private static IEnumerable<TestCaseData> LeftAlone()
    {
        byte[] tcp = Tcp(VpnAddress.Parse("10.88.0.1"), VpnAddress.Parse("10.88.0.2"), Syn, Mss1460, new Random(1));
        yield return Case("no SYN", Segment(false, 0x10, Mss1460));
        yield return Case("no option", Segment(false, Syn, []));
        yield return Case("option behind the end of options", Segment(false, Syn, [0, 0, 0, 0, .. Mss1460]));
        yield return Case("option of length 0 in front", Segment(false, Syn, [8, 0, 1, 1, .. Mss1460]));
        yield return Case("option past the header", Segment(false, Syn, [8, 9, 1, 1, .. Mss1460]));
        yield return Case("MSS option of a wrong length", Segment(false, Syn, [2, 3, 0xFF, 1]));
        yield return Case("kind without length at the end", Segment(false, Syn, [1, 1, 1, 2]));
        yield return Case("UDP", Checked.Ip("10.88.0.1", "10.88.0.2", IpProtocol.Udp, tcp));
        yield return Case("TCP header cut", Checked.Ip("10.88.0.1", "10.88.0.2", IpProtocol.Tcp, tcp[..19]));
        yield return Case("TCP options cut", Checked.Ip("10.88.0.1", "10.88.0.2", IpProtocol.Tcp, tcp[..^1]));
        byte[] fragment = Checked.Ip("10.88.0.1", "10.88.0.2", IpProtocol.Tcp, tcp, dontFragment: false);
        fragment[7] = 1;
        yield return Case("later fragment", fragment);
        yield return Case("later IPv6 fragment", Checked.Ip("fd88::1", "fd88::2", 44, [IpProtocol.Tcp, 0, 0, 8, 0, 0, 0, 1, .. tcp]));
        yield return Case("IPv6 header past the end", Checked.Ip("fd88::1", "fd88::2", 0, [IpProtocol.Tcp, 200, 0, 0, 0, 0, 0, 0, .. tcp]));
        yield return Case("nothing", []);

        static TestCaseData Case(string name, byte[] packet) => new TestCaseData(packet).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(LeftAlone))]
    public void What_is_no_SYN_with_the_option_is_left_alone(byte[] packet)
    {
        byte[] before = [.. packet];

        Assert.That(TcpMss.Clamp(packet, 500), Is.False);
        Assert.That(packet, Is.EqualTo(before));
    }

    [Test]
    public void Garbage_is_never_a_reason_to_throw()
    {
        Random random = Checked.Seeded();
        for (int round = 0; round < 50_000; round++)
        {
            byte[] packet = Segment(round % 2 == 0, Syn, [2, 4, 5, 180, 1, 1, 1, 1], random);
            for (int flips = random.Next(1, 5); flips > 0; flips--)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            TcpMss.Clamp(packet, 600);
        }

        Assert.That(() => TcpMss.Clamp(new byte[40], 67), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    internal static byte[] Segment(bool ipv6, byte flags, byte[] options, Random? random = null)
    {
        (string from, string to) = ipv6 ? ("fd88::1", "fd88::2") : ("10.88.0.1", "10.88.0.2");
        return Checked.Ip(from, to, IpProtocol.Tcp, Tcp(VpnAddress.Parse(from), VpnAddress.Parse(to), flags, options, random ?? new Random(1)));
    }

    private static byte[] Tcp(VpnAddress from, VpnAddress to, byte flags, byte[] options, Random random)
    {
        byte[] segment = new byte[20 + options.Length];
        random.NextBytes(segment);
        segment[12] = (byte)(segment.Length / 4 << 4);
        segment[13] = flags;
        segment[16] = segment[17] = 0;
        options.CopyTo(segment, 20);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checked.UpperChecksum(from, to, IpProtocol.Tcp, segment));
        return segment;
    }

    private static int Mss(byte[] packet, int at) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at));

    private static void HasRightChecksum(byte[] packet, int headerLength)
    {
        Assert.That(IpPacket.TryParse(packet, out IpPacket parsed, out _), Is.True);
        Assert.That(Checked.UpperChecksum(parsed.Source, parsed.Destination, IpProtocol.Tcp, packet.AsSpan(headerLength)), Is.Zero);
    }
}
