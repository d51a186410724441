using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class IPv4FragmenterTests
{
    private const string From = "10.88.0.1";
    private const string To = "10.88.0.2";

    /// <summary>Router alert (copied), record route (not copied), no-operation, timestamp (not copied), stream id (copied): 20 bytes.</summary>
    private static readonly byte[] Options = [0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 1, 68, 4, 5, 0, 0x88, 4, 0xAB, 0xCD];

    [Test]
    public void Fragments_have_the_bytes_that_RFC_791_asks_for()
    {
        byte[] packet = Checked.Udp(Checked.Seeded(), From, To, 192, Options); // 20 + 20 + 200

        List<byte[]> fragments = Cut(packet, 120);

        // 40 + 80, then headers with the two copied options: 28 + 88, 28 + 32
        Assert.That(fragments.Select(f => f.Length), Is.EqualTo([120, 116, 60]));
        Assert.That(fragments.Select(f => f[0]), Is.EqualTo([0x4A, 0x47, 0x47]));
        Assert.That(fragments.Select(FlagsAndOffset), Is.EqualTo([0x2000, 0x2000 | (80 / 8), 168 / 8]));
        Assert.That(fragments[0][20..40], Is.EqualTo(Options));
        Assert.That(fragments[1][20..28], Is.EqualTo([0x94, 4, 0, 0, 0x88, 4, 0xAB, 0xCD]));
        Assert.That(fragments[2][20..28], Is.EqualTo(fragments[1][20..28]));
        Assert.That(fragments.Select(f => f[4..6]), Is.All.EqualTo(new byte[] { 0x47, 0x11 }));
        Assert.That(fragments.Select(f => f[8..10]), Is.All.EqualTo(packet[8..10]));
        Assert.That(fragments.Select(f => f[12..20]), Is.All.EqualTo(packet[12..20]));
    }

    [Test]
    public void Reassembled_fragments_are_the_packet_for_any_length_MTU_and_number_of_cuts()
    {
        Random random = Checked.Seeded();
        for (int round = 0; round < 2000; round++)
        {
            byte[]? options = random.Next(2) == 0 ? null : Options;
            byte[] packet = Checked.Udp(random, From, To, random.Next(0, round % 50 == 0 ? 65_000 : 3000), options);
            List<byte[]> fragments = [packet];
            int mtu = 0;
            for (int hop = random.Next(1, 4); hop > 0; hop--)
            {
                mtu = random.Next(68, 1600);
                fragments = [.. fragments.SelectMany(f => Cut(f, mtu))];
            }

            Assert.That(fragments.Select(f => f.Length), Is.All.LessThanOrEqualTo(mtu));
            foreach (byte[] fragment in fragments)
            {
                Checked.HasRightHeader(fragment);
            }

            int headerLength = (packet[0] & 0xF) * 4;
            Assert.That(Reassemble(fragments), Is.EqualTo(packet[headerLength..]));
            Assert.That(fragments[0][20..headerLength], Is.EqualTo(packet[20..headerLength]));
        }
    }

    [Test]
    public void Fragment_in_the_middle_is_cut_with_its_own_offset_and_keeps_more_fragments()
    {
        byte[] middle = Checked.Udp(Checked.Seeded(), From, To, 152); // 20 + 160
        BinaryPrimitives.WriteUInt16BigEndian(middle.AsSpan(6), 0x2000 | 100);
        Checked.FixHeader(middle);

        Assert.That(Cut(middle, 100).Select(FlagsAndOffset), Is.EqualTo([0x2000 | 100, 0x2000 | 110]));
    }

    [TestCase(100, false)]
    [TestCase(100, true)]
    [TestCase(0, true)]
    public void A_packet_that_fits_comes_out_as_it_is_once(int payload, bool dontFragment)
    {
        byte[] packet = Checked.Ip(From, To, IpProtocol.Udp, new byte[payload], dontFragment: dontFragment);
        packet[11] ^= 1; // not even the checksum is touched

        List<byte[]> fragments = Cut(packet, 120);

        Assert.That(fragments, Has.Count.EqualTo(1));
        Assert.That(fragments[0], Is.EqualTo(packet));
    }

    [Test]
    public void What_must_not_be_cut_is_refused()
    {
        Random random = Checked.Seeded();
        byte[] scratch = new byte[100];
        byte[] farOff = Checked.Udp(random, From, To, 200);
        BinaryPrimitives.WriteUInt16BigEndian(farOff.AsSpan(6), 0x1FFF);
        Assert.Multiple(() =>
        {
            Assert.That(IPv4Fragmenter.TryStart(Checked.Udp(random, From, To, 200, dontFragment: true), 100, scratch, out _), Is.False, "don't fragment");
            Assert.That(IPv4Fragmenter.TryStart(Checked.Udp(random, "fd88::1", "fd88::2", 200), 100, scratch, out _), Is.False, "IPv6");
            Assert.That(IPv4Fragmenter.TryStart(Checked.Udp(random, From, To, 200)[..^1], 100, scratch, out _), Is.False, "malformed");
            Assert.That(IPv4Fragmenter.TryStart(farOff, 100, scratch, out _), Is.False, "reaches past 65,535 bytes");
            Assert.That(() => IPv4Fragmenter.TryStart(farOff, 67, scratch, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => IPv4Fragmenter.TryStart(farOff, 101, scratch, out _), Throws.ArgumentException);
        });
    }

    [Test]
    public void Damaged_options_end_the_copy_and_nothing_throws()
    {
        Random random = Checked.Seeded();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] options = new byte[random.Next(0, 11) * 4];
            random.NextBytes(options);
            byte[] packet = Checked.Udp(random, From, To, 300, options);
            List<byte[]> fragments = Cut(packet, 68 + random.Next(100));
            Assert.That(Reassemble(fragments), Is.EqualTo(packet[(20 + options.Length)..]));
        }
    }

    [Test]
    public void Cutting_allocates_nothing()
    {
        byte[] packet = Checked.Udp(Checked.Seeded(), From, To, 3000, Options);
        byte[] scratch = new byte[576];
        int total = Run(packet, scratch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        total += Run(packet, scratch);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(total, Is.GreaterThan(2 * 3000));

        static int Run(byte[] packet, byte[] scratch)
        {
            int total = 0;
            IPv4Fragmenter.TryStart(packet, scratch.Length, scratch, out IPv4Fragmenter fragments);
            while (fragments.MoveNext())
            {
                total += fragments.Current.Length;
            }

            return total;
        }
    }

    private static List<byte[]> Cut(byte[] packet, int mtu)
    {
        List<byte[]> result = [];
        Assert.That(IPv4Fragmenter.TryStart(packet, mtu, new byte[mtu], out IPv4Fragmenter fragments), Is.True);
        while (fragments.MoveNext())
        {
            result.Add(fragments.Current.ToArray());
        }

        Assert.That(fragments.MoveNext(), Is.False);
        return result;
    }

    /// <summary>By the algorithm of RFC 791 §3.2: every byte once, the last fragment and only it without "more fragments".</summary>
    private static byte[] Reassemble(List<byte[]> fragments)
    {
        byte[] data = new byte[65_536];
        int length = 0;
        foreach (byte[] fragment in fragments.OrderBy(f => FlagsAndOffset(f) & 0x1FFF))
        {
            int headerLength = (fragment[0] & 0xF) * 4;
            Assert.That((FlagsAndOffset(fragment) & 0x1FFF) * 8, Is.EqualTo(length), "no gap, no overlap");
            fragment.AsSpan(headerLength).CopyTo(data.AsSpan(length));
            length += fragment.Length - headerLength;
            Assert.That((FlagsAndOffset(fragment) & 0x2000) != 0, Is.EqualTo(fragment != fragments[^1]));
        }

        return data[..length];
    }

    private static int FlagsAndOffset(byte[] packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(6));
}
