using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoDtls.Fuzz;

/// <summary>Changes that keep bytes an IP packet: fields at which code decides, and lengths and checksums that are right again.</summary>
internal static class PacketStructure
{
    private static readonly byte[] Protocols = [0, 1, 6, 17, 43, 44, 50, 51, 58, 59, 60, 135, 255];

    internal static void Change(MutationBuffer buffer, FuzzRandom random)
    {
        if (buffer.Length < 20)
        {
            return;
        }

        bool six = buffer.Bytes[0] >> 4 == 6;
        switch (random.Below(7))
        {
            case 0:
                buffer.Write(six ? 6 : 9, 1, Protocols[random.Below(Protocols.Length)]);
                break;
            case 1:
                buffer.Write(six ? 7 : 8, 1, (ulong)random.Below(3));
                break;
            case 2:
                buffer.Write(6, 2, random.OneIn(2) ? random.Next() : (ulong)(random.Below(8) << 13));
                break;
            case 3:
                buffer.Write(0, 1, random.OneIn(4) ? random.Next() : (ulong)(0x40 | random.Below(16)));
                break;
            case 4:
                buffer.Write(six ? 40 : 20, 1, random.OneIn(2) ? random.Next() : Protocols[random.Below(Protocols.Length)]); // an ICMP type, or a next header
                break;
            case 5:
                Grow(buffer, random);
                break;
            default:
                buffer.Write((six ? 40 : 20) + 12 + random.Below(16), 1, random.Next()); // TCP's header length, flags and options
                break;
        }
    }

    internal static void Repair(MutationBuffer buffer)
    {
        Span<byte> packet = buffer.Bytes;
        if (packet.Length >= 40 && packet[0] >> 4 == 6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)(packet.Length - 40));
        }
        else if (packet.Length >= 20)
        {
            int header = Math.Clamp((packet[0] & 0xF) * 4, 20, packet.Length & ~3);
            packet[0] = (byte)(0x40 | Math.Min(header / 4, 15));
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
            IpHeader.UpdateIPv4Checksum(packet[..Math.Min(header, 60)]);
        }
    }

    private static void Grow(MutationBuffer buffer, FuzzRandom random)
    {
        Span<byte> room = buffer.Open(buffer.Length, random.Below(3_000));
        for (int i = 0; i < room.Length; i++)
        {
            room[i] = (byte)(i * 7);
        }
    }
}
