using System.Buffers.Binary;
using FifoVpn.Packets;
using FifoVpn.Tests.Packets;

namespace FifoVpn.Tests.Devices;

/// <summary>A sender of one flow: each packet follows the last one, as its host would send it. Checksums are the naive ones.</summary>
internal sealed class TestFlow
{
    public const byte Fin = 0x01;
    public const byte Push = 0x08;
    public const byte Ack = 0x10;

    private readonly Random _random;
    private readonly VpnAddress _source;
    private readonly VpnAddress _destination;
    private readonly ushort _sourcePort;
    private readonly byte[] _options;
    private readonly bool _tcp;
    private readonly uint _acknowledged;
    private readonly ushort _window;

    public TestFlow(Random random, bool tcp, bool ipv6, int number = 1, int options = 0)
    {
        _random = random;
        _tcp = tcp;
        _source = VpnAddress.Parse(ipv6 ? "fd88::2" : "10.88.0.2");
        _destination = VpnAddress.Parse(ipv6 ? "fd99::3" : "10.99.0.3");
        _sourcePort = (ushort)(10_000 + number);
        _options = new byte[options];
        _options.AsSpan().Fill(1); // no operation
        Sequence = (uint)random.NextInt64(uint.MaxValue);
        Id = (ushort)random.Next(ushort.MaxValue);
        _acknowledged = (uint)random.NextInt64(uint.MaxValue);
        _window = (ushort)random.Next(ushort.MaxValue);
    }

    /// <summary>Near their end they run over within a few packets.</summary>
    public uint Sequence { get; set; }

    public ushort Id { get; set; }

    public int HeaderLength => IpHeader.LengthFor(_source) + (_tcp ? 20 + _options.Length : 8);

    public byte Protocol => _tcp ? IpProtocol.Tcp : IpProtocol.Udp;

    public byte[] Next(int payload, byte flags = Ack)
    {
        byte[] data = new byte[payload];
        _random.NextBytes(data);
        byte[] packet = Checked.Ip(_source.ToString(), _destination.ToString(), Protocol, _tcp ? TcpSegment(data, flags) : Datagram(data));
        if (_source.IsIPv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), Id++);
        }

        Fix(packet);
        Sequence += (uint)payload;
        return packet;
    }

    /// <summary>Makes the checksums of a packet without options or extension headers right.</summary>
    public static void Fix(byte[] packet)
    {
        bool ipv6 = packet[0] >> 4 == 6;
        int transport = ipv6 ? 40 : 20;
        if (!ipv6)
        {
            Checked.FixHeader(packet);
        }

        byte protocol = packet[ipv6 ? 6 : 9];
        if (protocol is not (IpProtocol.Tcp or IpProtocol.Udp))
        {
            return;
        }

        Span<byte> field = packet.AsSpan(transport + (protocol == IpProtocol.Tcp ? 16 : 6), 2);
        field.Clear();
        VpnAddress source = VpnAddress.FromBytes(ipv6 ? packet.AsSpan(8, 16) : packet.AsSpan(12, 4));
        VpnAddress destination = VpnAddress.FromBytes(ipv6 ? packet.AsSpan(24, 16) : packet.AsSpan(16, 4));
        ushort checksum = Checked.UpperChecksum(source, destination, protocol, packet.AsSpan(transport));
        BinaryPrimitives.WriteUInt16BigEndian(field, checksum == 0 && protocol == IpProtocol.Udp ? ushort.MaxValue : checksum);
    }

    private byte[] TcpSegment(byte[] data, byte flags)
    {
        byte[] header = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(header, _sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), 80);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), _acknowledged);
        header[12] = (byte)((20 + _options.Length) << 2);
        header[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), _window);
        return [.. header, .. _options, .. data];
    }

    private byte[] Datagram(byte[] data)
    {
        byte[] header = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(header, _sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), 53);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)(8 + data.Length));
        return [.. header, .. data];
    }
}
