using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoDtls.Fuzz;

/// <summary>IP packets of the kinds that a node looks into.</summary>
internal static class PacketSamples
{
    private static readonly VpnAddress[] Sources = [VpnAddress.Parse("10.88.0.2"), VpnAddress.Parse("fd88::2")];
    private static readonly VpnAddress[] Destinations = [VpnAddress.Parse("10.88.0.1"), VpnAddress.Parse("fd88::1")];

    internal static IEnumerable<byte[]> All
    {
        get
        {
            for (int family = 0; family < 2; family++)
            {
                yield return Echo(family, 32);
                yield return Echo(family, 1_300);
                yield return Packet(family, IpProtocol.Udp, new byte[300]);
                yield return Packet(family, IpProtocol.Tcp, Syn(2, 4, 0x23, 0x28, 1, 1, 4, 2));
                yield return Packet(family, IpProtocol.Tcp, Syn(1, 2, 4, 0x05, 0xB4, 3, 3, 7));
                yield return Packet(family, IpProtocol.Tcp, [.. Syn(), .. new byte[900]]);
                yield return Packet(family, IpProtocol.Tcp, [.. Header(0x18, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2), .. new byte[1_700]]);
                yield return Packet(family, IpProtocol.Udp, [0x9C, 0x40, 0, 53, 6, 0x40, 0, 0, .. new byte[1_592]]);
                yield return Packet(family, family == 0 ? IpProtocol.Icmp : IpProtocol.IcmpV6, [3, 4, 0, 0, 0, 0, 5, 0, .. new byte[28]]);
            }

            yield return WithOptions();
            yield return Packet(1, 0, [60, 0, 1, 4, 0, 0, 0, 0, 44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 9, .. Syn(2, 4, 0x05, 0xB4)]);
            yield return Packet(1, 51, [58, 4, .. new byte[22], 128, 0, 0, 0, 0, 0, 0, 0]);
        }
    }

    private static byte[] Echo(int family, int payload)
    {
        byte[] packet = new byte[IcmpEcho.PacketLength(Sources[family], payload)];
        IcmpEcho.WriteRequest(packet, Sources[family], Destinations[family], 7, 1, new byte[payload]);
        return packet;
    }

    private static byte[] Packet(int family, byte protocol, byte[] payload)
    {
        byte[] packet = new byte[IpHeader.LengthFor(Sources[family]) + payload.Length];
        int header = IpHeader.Write(packet, Sources[family], Destinations[family], protocol, payload.Length);
        payload.CopyTo(packet.AsSpan(header));
        if (family == 0)
        {
            packet[6] = 0; // may be fragmented
            IpHeader.UpdateIPv4Checksum(packet.AsSpan(0, header));
        }

        return packet;
    }

    private static byte[] Syn(params byte[] options) => Header(2, options);

    private static byte[] Header(byte flags, params byte[] options) => [0x9C, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, (byte)((20 + options.Length) * 4), flags, 0xFF, 0xFF, 0, 0, 0, 0, .. options];

    // A router alert, a record route, and padding: one that is copied into fragments, one that is not.
    private static byte[] WithOptions()
    {
        byte[] payload = new byte[700];
        byte[] packet = [.. Packet(0, IpProtocol.Udp, [])[..20], 0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0, .. payload];
        packet[0] = 0x48;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        IpHeader.UpdateIPv4Checksum(packet.AsSpan(0, 32));
        return packet;
    }
}
