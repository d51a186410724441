using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class IpPacketTests
{
    private static readonly VpnAddress Source4 = VpnAddress.Parse("10.88.0.1");
    private static readonly VpnAddress Destination4 = VpnAddress.Parse("10.88.0.2");
    private static readonly VpnAddress Source6 = VpnAddress.Parse("fd88::1");
    private static readonly VpnAddress Destination6 = VpnAddress.Parse("fd88::2");

    [TestCase(false)]
    [TestCase(true)]
    public void TryParse_gives_the_fields(bool ipv6)
    {
        byte[] bytes = Packet(ipv6, payloadLength: 7);
        bytes.AsSpan(^7).Fill(0xAB);

        bool ok = IpPacket.TryParse(bytes, out IpPacket packet, out IpPacketError error);

        Assert.That(ok, Is.True);
        Assert.That(error, Is.EqualTo(IpPacketError.None));
        Assert.That(packet.IsIPv6, Is.EqualTo(ipv6));
        Assert.That(packet.Source, Is.EqualTo(ipv6 ? Source6 : Source4));
        Assert.That(packet.Destination, Is.EqualTo(ipv6 ? Destination6 : Destination4));
        Assert.That(packet.Protocol, Is.EqualTo(IpProtocol.Udp));
        Assert.That(packet.HopLimit, Is.EqualTo(64));
        Assert.That(packet.Header.Length, Is.EqualTo(ipv6 ? 40 : 20));
        Assert.That(packet.Payload.ToArray(), Is.EqualTo(Enumerable.Repeat((byte)0xAB, 7)));
    }

    [Test]
    public void IPv4_options_belong_to_the_header()
    {
        byte[] bytes = Packet(ipv6: false, payloadLength: 8);
        bytes[0] = 0x46;

        Assert.That(IpPacket.TryParse(bytes, out IpPacket packet, out _), Is.True);
        Assert.That(packet.Header.Length, Is.EqualTo(24));
        Assert.That(packet.Payload.Length, Is.EqualTo(4));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Every_cut_and_every_padding_is_refused(bool ipv6)
    {
        byte[] bytes = Packet(ipv6, payloadLength: 30);
        byte[] padded = [.. bytes, .. new byte[8]];

        for (int length = 0; length <= padded.Length; length++)
        {
            bool ok = IpPacket.TryParse(padded.AsSpan(0, length), out _, out IpPacketError error);
            Assert.That(ok, Is.EqualTo(length == bytes.Length), $"length {length}");
            Assert.That(error == IpPacketError.None, Is.EqualTo(ok), $"length {length}");
        }
    }

    private static IEnumerable<TestCaseData> Broken()
    {
        yield return new TestCaseData(Array.Empty<byte>(), IpPacketError.Empty).SetArgDisplayNames("nothing");
        yield return Case("version 0", false, IpPacketError.UnknownVersion, p => p[0] = 0x05);
        yield return Case("version 5", false, IpPacketError.UnknownVersion, p => p[0] = 0x55);
        yield return Case("IPv6 parsed by its own rules, not as IPv4", true, IpPacketError.LengthMismatch, p => p[4] = 1);
        yield return Case("IHL 4", false, IpPacketError.BadHeaderLength, p => p[0] = 0x44);
        yield return Case("IHL past the end", false, IpPacketError.BadHeaderLength, p => p[0] = 0x4F);
        yield return Case("total length 0", false, IpPacketError.LengthMismatch, p => BinaryPrimitives.WriteUInt16BigEndian(p.AsSpan(2), 0));
        yield return Case("jumbogram", true, IpPacketError.LengthMismatch, p => BinaryPrimitives.WriteUInt16BigEndian(p.AsSpan(4), 0));
        yield return new TestCaseData(new byte[] { 0x45 }, IpPacketError.TooShort).SetArgDisplayNames("one byte of IPv4");
        yield return new TestCaseData(new byte[] { 0x60 }, IpPacketError.TooShort).SetArgDisplayNames("one byte of IPv6");

        static TestCaseData Case(string name, bool ipv6, IpPacketError error, Action<byte[]> damage)
        {
            byte[] packet = Packet(ipv6, payloadLength: 8);
            damage(packet);
            return new TestCaseData(packet, error).SetArgDisplayNames(name);
        }
    }

    [TestCaseSource(nameof(Broken))]
    public void TryParse_names_the_fault(byte[] bytes, IpPacketError expected)
    {
        Assert.That(IpPacket.TryParse(bytes, out _, out IpPacketError error), Is.False);
        Assert.That(error, Is.EqualTo(expected));
    }

    [Test]
    public void Random_bytes_never_throw_and_only_whole_packets_are_taken()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        byte[] buffer = new byte[128];
        int taken = 0;
        for (int round = 0; round < 200_000; round++)
        {
            random.NextBytes(buffer);
            int length = random.Next(buffer.Length + 1);
            if (random.Next(2) == 0)
            {
                // Half of the rounds get a plausible version and length, so that the deeper checks are reached.
                buffer[0] = (byte)(random.Next(2) == 0 ? 0x40 | random.Next(16) : 0x60);
                BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(buffer[0] == 0x60 ? 4 : 2), (ushort)(buffer[0] == 0x60 ? length - 40 : length));
            }

            if (IpPacket.TryParse(buffer.AsSpan(0, length), out IpPacket packet, out _))
            {
                taken++;
                Assert.That(packet.Header.Length + packet.Payload.Length, Is.EqualTo(length));
                Assert.That(packet.Source.IsIPv6, Is.EqualTo(packet.Destination.IsIPv6));
            }
        }

        Assert.That(taken, Is.Positive);
    }

    [Test]
    public void Header_refuses_mixed_families_and_small_buffers()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => IpHeader.Write(new byte[100], Source4, Destination6, 17, 1), Throws.ArgumentException);
            Assert.That(() => IpHeader.Write(new byte[27], Source4, Destination4, 17, 8), Throws.ArgumentException);
            Assert.That(() => IpHeader.Write(new byte[70000], Source4, Destination4, 17, 65516), Throws.ArgumentException);
        }
    }

    private static byte[] Packet(bool ipv6, int payloadLength)
    {
        byte[] bytes = new byte[(ipv6 ? 40 : 20) + payloadLength];
        IpHeader.Write(bytes, ipv6 ? Source6 : Source4, ipv6 ? Destination6 : Destination4, IpProtocol.Udp, payloadLength);
        return bytes;
    }
}
