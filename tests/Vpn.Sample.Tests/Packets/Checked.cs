using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

/// <summary>Packets for tests, and checks of theirs that share no code with what is tested.</summary>
internal static class Checked
{
    public static Random Seeded()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    /// <summary>A UDP packet with random payload; IPv4 with these options, without "don't fragment" unless asked for.</summary>
    public static byte[] Udp(Random random, string from, string to, int payload, byte[]? options = null, bool dontFragment = false)
    {
        VpnAddress source = VpnAddress.Parse(from);
        byte[] body = new byte[8 + payload];
        random.NextBytes(body);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(4), (ushort)body.Length);
        body[6] = body[7] = 0;
        if (source.IsIPv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), UpperChecksum(source, VpnAddress.Parse(to), IpProtocol.Udp, body));
        }

        return Ip(from, to, IpProtocol.Udp, body, options, dontFragment);
    }

    public static byte[] Ip(string from, string to, byte protocol, byte[] body, byte[]? options = null, bool dontFragment = true)
    {
        VpnAddress source = VpnAddress.Parse(from);
        VpnAddress destination = VpnAddress.Parse(to);
        options ??= [];
        int headerLength = IpHeader.LengthFor(source) + options.Length;
        byte[] packet = new byte[headerLength + body.Length];
        IpHeader.Write(packet, source, destination, protocol, packet.Length - IpHeader.LengthFor(source));
        body.CopyTo(packet, headerLength);
        if (source.IsIPv4)
        {
            options.CopyTo(packet, 20);
            packet[0] = (byte)(0x40 | (headerLength / 4));
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 0x4711);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)(dontFragment ? 0x4000 : 0));
            FixHeader(packet);
        }

        return packet;
    }

    public static void FixHeader(byte[] packet)
    {
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~Sum(packet.AsSpan(0, (packet[0] & 0xF) * 4)));
    }

    public static ushort UpperChecksum(VpnAddress source, VpnAddress destination, byte protocol, ReadOnlySpan<byte> body)
    {
        byte[] pseudo = new byte[(2 * source.ByteLength) + 8 + body.Length];
        source.WriteBytes(pseudo);
        destination.WriteBytes(pseudo.AsSpan(source.ByteLength));
        BinaryPrimitives.WriteInt32BigEndian(pseudo.AsSpan(2 * source.ByteLength), body.Length);
        pseudo[(2 * source.ByteLength) + 7] = protocol;
        body.CopyTo(pseudo.AsSpan((2 * source.ByteLength) + 8));
        return (ushort)~Sum(pseudo);
    }

    /// <summary>The one's complement sum, word by word, by the letter of RFC 1071.</summary>
    public static ushort Sum(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        for (int i = 0; i < data.Length; i += 2)
        {
            sum += (uint)((data[i] << 8) | (i + 1 < data.Length ? data[i + 1] : 0));
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)sum;
    }

    public static void HasRightHeader(ReadOnlySpan<byte> packet)
    {
        Assert.That(IpPacket.TryParse(packet, out IpPacket parsed, out IpPacketError error), Is.True, error.ToString());
        if (!parsed.IsIPv6)
        {
            Assert.That(Sum(parsed.Header), Is.EqualTo(0xFFFF), "header checksum");
        }
    }
}
