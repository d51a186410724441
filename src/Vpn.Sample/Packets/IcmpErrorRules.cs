using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>
/// Which packets may be answered with an ICMP error (RFC 1122 §3.2.2, RFC 4443 §2.4 e): none whose answer could cause another one, or that
/// many nodes would answer, or whose sender is not one node.
/// </summary>
internal static class IcmpErrorRules
{
    private const ushort OffsetMask = 0x1FFF;
    private const ushort DontFragment = 0x4000;
    private const byte RedirectV6 = 137;
    private const byte FirstInformationalV6 = 128;

    /// <param name="packet">The offending packet, parsed.</param>
    /// <param name="bytes">The same.</param>
    /// <param name="network">The device's on-link network, for its broadcast address.</param>
    /// <param name="tooBig">The error would be "packet too big", which multicast permits in IPv6, or "fragmentation needed".</param>
    public static bool Permit(IpPacket packet, ReadOnlySpan<byte> bytes, IpPrefix network, bool tooBig)
    {
        VpnAddress source = packet.Source;
        VpnAddress destination = packet.Destination;
        if (!source.IsAssignable || source.IsBroadcastOf(network))
        {
            return false;
        }

        return packet.IsIPv6
            ? (tooBig || !destination.IsMulticast) && PermitIPv6(bytes)
            : !destination.IsMulticast && !destination.IsBroadcastOf(network) && PermitIPv4(packet, bytes, tooBig);
    }

    private static bool PermitIPv4(IpPacket packet, ReadOnlySpan<byte> bytes, bool tooBig)
    {
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        if ((flags & OffsetMask) != 0 || (tooBig && (flags & DontFragment) == 0))
        {
            return false;
        }

        // Only to requests and replies that are known: errors, redirects and what nobody knows could be answers themselves.
        return packet.Protocol != IpProtocol.Icmp
            || (!packet.Payload.IsEmpty && packet.Payload[0] is 0 or 8 or 9 or 10 or (>= 13 and <= 18) or 42 or 43);
    }

    /// <summary>
    /// RFC 4443 has no rule against fragments that are not the first, and path-MTU discovery needs the answers to them. Only those of an ICMPv6 message, which
    /// may be an error, are left unanswered.
    /// </summary>
    private static bool PermitIPv6(ReadOnlySpan<byte> bytes)
    {
        if (!IPv6Headers.TryFindUpperLayer(bytes, out byte protocol, out int offset, out bool laterFragment))
        {
            return false;
        }

        return protocol != IpProtocol.IcmpV6
            || (!laterFragment && offset < bytes.Length && bytes[offset] is >= FirstInformationalV6 and not RedirectV6);
    }
}
