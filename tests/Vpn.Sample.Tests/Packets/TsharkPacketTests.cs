using System.Buffers.Binary;
using FifoDtls.TestSupport;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

/// <summary>tshark, which shares no code with this program, reads what the packet code writes.</summary>
internal sealed class TsharkPacketTests
{
    [Test]
    [CancelAfter(60_000)]
    public void Errors_have_the_type_code_MTU_and_checksums_that_were_meant()
    {
        Requires.Tool("tshark");
        List<byte[]> packets = [];
        byte[] buffer = new byte[IcmpError.MaxLength];
        foreach (bool ipv6 in (bool[])[false, true])
        {
            for (int kind = 0; kind < 5; kind++)
            {
                int length = IcmpErrorTests.Write(kind, buffer, IcmpErrorTests.Packet(ipv6, 2000 + kind), ipv6);
                packets.Add(buffer[..length]);
            }
        }

        string[] lines = Read(packets, "ip.checksum.status", "icmp.type", "icmp.code", "icmp.mtu", "icmp.checksum.status", "icmpv6.type", "icmpv6.code", "icmpv6.mtu", "icmpv6.checksum.status");

        Assert.That(lines, Is.EqualTo(new[]
        {
            "1|3|4|1234|1||||", "1|11|0||1||||", "1|3|0||1||||", "1|3|1||1||||", "1|3|13||1||||",
            "|||||2|0|1234|1", "|||||3|0||1", "|||||1|0||1", "|||||1|3||1", "|||||1|1||1",
        }));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Fragments_are_put_together_to_the_datagram_and_clamped_segments_are_right()
    {
        Requires.Tool("tshark");
        List<byte[]> packets = [];
        byte[] datagram = Checked.Udp(new Random(7), "10.88.0.1", "10.88.0.2", 3000);
        Assert.That(HopLimit.TryDecrement(datagram), Is.True);
        Assert.That(IPv4Fragmenter.TryStart(datagram, 1000, new byte[1000], out IPv4Fragmenter fragments), Is.True);
        while (fragments.MoveNext())
        {
            packets.Add(fragments.Current.ToArray());
        }

        foreach (bool ipv6 in (bool[])[false, true])
        {
            byte[] segment = TcpMssTests.Segment(ipv6, 2, [1, 2, 4, 5, 180, 1, 1, 1]); // at an odd offset
            Assert.That(TcpMss.Clamp(segment, 1300), Is.True);
            packets.Add(segment);
        }

        string[] lines = Read(packets, "ip.checksum.status", "ip.ttl", "ip.reassembled.length", "udp.length", "tcp.options.mss_val", "tcp.checksum.status");

        Assert.That(lines, Is.EqualTo(new[] { "1|63||||", "1|63||||", "1|63||||", "1|63|3008|3008||", "1|64|||1260|1", "||||1240|1" }));
    }

    private static string[] Read(List<byte[]> packets, params string[] fields)
    {
        using var folder = new TempDirectory();
        string capture = folder.Write("packets.pcap", "");
        using (FileStream file = File.Create(capture))
        {
            const uint rawIp = 101; // LINKTYPE_RAW
            WriteWords(file, 0xA1B2C3D4, 0x0004_0002, 0, 0, 65_535, rawIp);
            foreach (byte[] packet in packets)
            {
                WriteWords(file, 0, 0, (uint)packet.Length, (uint)packet.Length);
                file.Write(packet);
            }
        }

        string[] options = ["-r", capture, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields", "-E", "separator=|", "-E", "occurrence=f"];
        return ChildProcess.Run(TimeSpan.FromSeconds(40), "tshark", [.. options, .. fields.SelectMany(field => new[] { "-e", field })])
            .EnsureSuccess().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void WriteWords(Stream stream, params ReadOnlySpan<uint> words)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (uint word in words)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            stream.Write(bytes);
        }
    }
}
