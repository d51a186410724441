using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class HopLimitTests
{
    [Test]
    public void Every_TTL_with_every_checksum_word_ends_as_if_computed_anew()
    {
        Random random = Checked.Seeded();
        byte[] packet = Checked.Udp(random, "10.88.0.1", "10.88.0.2", 10);
        for (int id = 0; id < 65536; id++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)id); // takes the checksum through all its values, 0 included
            packet[8] = (byte)random.Next(2, 256);
            Checked.FixHeader(packet);
            byte[] expected = [.. packet];
            expected[8]--;
            Checked.FixHeader(expected);

            bool decremented = HopLimit.TryDecrement(packet);

            Assert.That(decremented, Is.True);
            Assert.That(packet.AsSpan().SequenceEqual(expected), Is.True, $"id {id}, TTL {packet[8]}");
        }
    }

    [Test]
    public void Hop_limit_of_IPv6_loses_one_and_nothing_else_changes()
    {
        byte[] packet = Checked.Udp(Checked.Seeded(), "fd88::1", "fd88::2", 10);
        byte[] expected = [.. packet];
        for (int hops = 255; hops > 1; hops--)
        {
            packet[7] = (byte)hops;
            expected[7] = (byte)(hops - 1);
            Assert.That(HopLimit.TryDecrement(packet), Is.True);
            Assert.That(packet, Is.EqualTo(expected));
        }
    }

    [TestCase("10.88.0.1", "10.88.0.2", 8, 1)]
    [TestCase("10.88.0.1", "10.88.0.2", 8, 0)]
    [TestCase("fd88::1", "fd88::2", 7, 1)]
    [TestCase("fd88::1", "fd88::2", 7, 0)]
    public void The_last_hop_leaves_the_packet_alone(string from, string to, int at, byte hops)
    {
        byte[] packet = Checked.Udp(Checked.Seeded(), from, to, 10);
        packet[at] = hops;
        byte[] before = [.. packet];

        Assert.That(HopLimit.TryDecrement(packet), Is.False);
        Assert.That(packet, Is.EqualTo(before));
    }

    [Test]
    public void A_wrong_checksum_stays_wrong()
    {
        byte[] packet = Checked.Udp(Checked.Seeded(), "10.88.0.1", "10.88.0.2", 10);
        packet[10] ^= 0x10;

        HopLimit.TryDecrement(packet);

        Assert.That(Checked.Sum(packet.AsSpan(0, 20)), Is.Not.EqualTo(0xFFFF));
    }
}
