using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class IcmpEchoTests
{
    private static readonly byte[] Payload = [1, 2, 3, 4, 5, 6, 7];

    [Test]
    public void Checksum_of_the_example_in_RFC_1071()
    {
        byte[] data = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        Assert.That(InternetChecksum.Compute(data), Is.EqualTo(0xFFFF - 0xDDF2));
    }

    [Test]
    public void Checksum_agrees_with_the_plain_definition_at_every_length()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int length = 0; length < 200; length++)
        {
            byte[] data = new byte[length];
            random.NextBytes(data);
            Assert.That(InternetChecksum.Compute(data), Is.EqualTo(Naive(data)), $"length {length}");
        }

        Assert.That(InternetChecksum.Compute(Enumerable.Repeat((byte)0xFF, 65535).ToArray()), Is.EqualTo(Naive(Enumerable.Repeat((byte)0xFF, 65535).ToArray())));

        static ushort Naive(byte[] data)
        {
            uint sum = 0;
            for (int i = 0; i < data.Length; i += 2)
            {
                sum += (uint)((data[i] << 8) | (i + 1 < data.Length ? data[i + 1] : 0));
                sum = (sum & 0xFFFF) + (sum >> 16);
            }

            return (ushort)~sum;
        }
    }

    [Test]
    public void IPv4_request_has_exactly_the_bytes_of_the_specification()
    {
        byte[] packet = new byte[64];
        int length = IcmpEcho.WriteRequest(packet, VpnAddress.Parse("10.88.0.1"), VpnAddress.Parse("10.88.0.2"), 0x1234, 1, "abcd"u8);

        byte[] expected = Convert.FromHexString("45000020000040004001260a0a5800010a580002" + "08002203" + "12340001" + "61626364");
        BinaryPrimitives.WriteUInt16BigEndian(expected.AsSpan(10), (ushort)~Sum(expected.AsSpan(0, 20), skipAt: 10));
        BinaryPrimitives.WriteUInt16BigEndian(expected.AsSpan(22), (ushort)~Sum(expected.AsSpan(20), skipAt: 2));
        Assert.That(packet[..length], Is.EqualTo(expected));

        static int Sum(Span<byte> data, int skipAt)
        {
            int sum = 0;
            for (int i = 0; i < data.Length; i += 2)
            {
                sum += i == skipAt ? 0 : BinaryPrimitives.ReadUInt16BigEndian(data[i..]);
            }

            return (sum & 0xFFFF) + (sum >> 16);
        }
    }

    [TestCase("10.88.0.1", "10.88.0.2")]
    [TestCase("fd88::1", "fd88::2")]
    public void Request_becomes_a_reply_that_carries_the_same_data(string from, string to)
    {
        byte[] packet = Request(from, to);
        Assert.That(IcmpEchoMessage.TryRead(packet, out IcmpEchoMessage request), Is.True);
        Assert.That(request.IsReply, Is.False);

        bool turned = IcmpEcho.TryTurnIntoReply(packet);

        Assert.That(turned, Is.True);
        Assert.That(IcmpEchoMessage.TryRead(packet, out IcmpEchoMessage reply), Is.True);
        Assert.That(reply.IsReply, Is.True);
        Assert.That(reply.Source, Is.EqualTo(VpnAddress.Parse(to)));
        Assert.That(reply.Destination, Is.EqualTo(VpnAddress.Parse(from)));
        Assert.That(reply.Identifier, Is.EqualTo(0xBEEF));
        Assert.That(reply.Sequence, Is.EqualTo(42));
        Assert.That(reply.Payload.ToArray(), Is.EqualTo(Payload));
    }

    [TestCase("10.88.0.1", "10.88.0.2")]
    [TestCase("fd88::1", "fd88::2")]
    public void A_reply_is_not_answered_again(string from, string to)
    {
        byte[] packet = Request(from, to);
        IcmpEcho.TryTurnIntoReply(packet);
        byte[] before = [.. packet];

        Assert.That(IcmpEcho.TryTurnIntoReply(packet), Is.False);
        Assert.That(packet, Is.EqualTo(before));
    }

    [TestCase("10.88.0.1", "10.88.0.2")]
    [TestCase("fd88::1", "fd88::2")]
    public void No_single_flipped_bit_that_a_checksum_covers_passes(string from, string to)
    {
        byte[] packet = Request(from, to);
        for (int bit = 0; bit < packet.Length * 8; bit++)
        {
            bool covered = from.Contains('.', StringComparison.Ordinal) || bit / 8 is 0 or 4 or 5 or 6 or >= 8;
            if (!covered || (packet[0] >> 4 == 6 && bit / 8 == 0 && bit % 8 < 4))
            {
                continue; // traffic class, flow label and hop limit of IPv6 have no checksum
            }

            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            byte[] damaged = [.. packet];
            Assert.That(IcmpEchoMessage.TryRead(packet, out _), Is.False, $"bit {bit}");
            Assert.That(IcmpEcho.TryTurnIntoReply(packet), Is.False, $"bit {bit}");
            Assert.That(packet, Is.EqualTo(damaged), $"bit {bit}");
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Test]
    public void A_fragment_is_not_taken_for_a_message()
    {
        byte[] packet = Request("10.88.0.1", "10.88.0.2");
        packet[6] = 0x20; // more fragments
        IpHeader.UpdateIPv4Checksum(packet.AsSpan(0, 20));

        Assert.That(IcmpEchoMessage.TryRead(packet, out _), Is.False);
    }

    private static byte[] Request(string from, string to)
    {
        VpnAddress source = VpnAddress.Parse(from);
        byte[] packet = new byte[IcmpEcho.PacketLength(source, Payload.Length)];
        IcmpEcho.WriteRequest(packet, source, VpnAddress.Parse(to), 0xBEEF, 42, Payload);
        return packet;
    }
}
