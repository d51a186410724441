using System.Buffers.Binary;
using System.Net;

namespace FifoDtls.Interop.Tests;

/// <summary>A capture file (pcap, link type "raw IP") of datagrams that never were on a network: each gets an IPv4 and a UDP header. Thread-safe.</summary>
internal sealed class PcapFile : IDisposable
{
    internal const int ServerPort = 4433;

    private const int ClientPort = 40_000;

    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private int _packets;

    internal PcapFile(string path)
    {
        _file = File.Create(path);
        Span<byte> header = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 65_535);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 101); // LINKTYPE_RAW
        _file.Write(header);
    }

    /// <summary>Appends a datagram.</summary>
    internal void Add(bool toServer, ReadOnlySpan<byte> datagram)
    {
        byte[] packet = new byte[20 + 8 + datagram.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64; // time to live
        packet[9] = 17; // UDP
        IPAddress.Parse(toServer ? "10.0.0.1" : "10.0.0.2").TryWriteBytes(packet.AsSpan(12), out _);
        IPAddress.Parse(toServer ? "10.0.0.2" : "10.0.0.1").TryWriteBytes(packet.AsSpan(16), out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), (ushort)(toServer ? ClientPort : ServerPort));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)(toServer ? ServerPort : ClientPort));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(8 + datagram.Length)); // a checksum of 0 says that there is none
        datagram.CopyTo(packet.AsSpan(28));
        lock (_lock)
        {
            Span<byte> record = stackalloc byte[16];
            BinaryPrimitives.WriteInt32LittleEndian(record, ++_packets); // one a second, so that they are in order
            BinaryPrimitives.WriteInt32LittleEndian(record[8..], packet.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[12..], packet.Length);
            _file.Write(record);
            _file.Write(packet);
        }
    }

    public void Dispose() => _file.Dispose();
}
