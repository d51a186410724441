using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>
/// Writes ICMP (RFC 792) and ICMPv6 (RFC 4443 §3) error packets that answer a packet which can't go on. All methods write a whole packet
/// from <c>source</c> to the sender of the offending packet, which it quotes as far as there is room, and return its length: 0, with nothing written, when
/// there must be no answer (see <see cref="IcmpErrorRules"/>) or the source is of the other family.
/// </summary>
/// <remarks>
/// Linux drops an IPv4 packet that comes in by a device from an address that is its own. So the answer to a packet of this very system needs another
/// source than the device's address: the VPN address of the peer, or the offending packet's destination.
/// </remarks>
internal static class IcmpError
{
    /// <summary>No error packet is longer than this; buffers must have room for it.</summary>
    public const int MaxLength = MaxLengthIPv6;

    /// <summary>RFC 1812 §4.3.2.3.</summary>
    public const int MaxLengthIPv4 = 576;

    /// <summary>RFC 4443 §2.4 (c): the minimum MTU of IPv6.</summary>
    public const int MaxLengthIPv6 = 1280;

    /// <summary>The smallest MTU that IPv4 permits (RFC 791 §3.2).</summary>
    public const int MinimumMtu = 68;

    private const int ErrorHeader = 8;
    private const byte UnreachableV4 = 3;
    private const byte TimeExceededV4 = 11;
    private const byte FragmentationNeededCode = 4;
    private const byte UnreachableV6 = 1;
    private const byte PacketTooBigV6 = 2;
    private const byte TimeExceededV6 = 3;

    /// <summary>
    /// The packet is larger than the next link carries: "fragmentation needed" (RFC 1191 §4) or "packet too big" (RFC 4443 §3.2). An IPv4 packet that
    /// may be fragmented has no need of it (<see cref="IPv4Fragmenter"/>) and gets none.
    /// </summary>
    /// <param name="mtu">The largest packet that would go on, IP header included: 68 to 65,535.</param>
    /// <param name="network">The device's on-link network: its broadcast address is not answered.</param>
    /// <exception cref="ArgumentException">The MTU is out of range, or the buffer is shorter than <see cref="MaxLength"/>.</exception>
    public static int WriteTooBig(Span<byte> buffer, ReadOnlySpan<byte> offending, VpnAddress source, int mtu, IpPrefix network = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, MinimumMtu);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mtu, ushort.MaxValue);
        return source.IsIPv6
            ? Write(buffer, offending, source, PacketTooBigV6, 0, (uint)mtu, network)
            : Write(buffer, offending, source, UnreachableV4, FragmentationNeededCode, (uint)mtu, network);
    }

    /// <summary>The packet's hop limit is used up (RFC 792, RFC 4443 §3.3); see <see cref="HopLimit.TryDecrement"/>.</summary>
    /// <inheritdoc cref="WriteTooBig"/>
    public static int WriteTimeExceeded(Span<byte> buffer, ReadOnlySpan<byte> offending, VpnAddress source, IpPrefix network = default) =>
        Write(buffer, offending, source, source.IsIPv6 ? TimeExceededV6 : TimeExceededV4, 0, 0, network);

    /// <summary>The packet can't be delivered (RFC 792, RFC 1812 §5.2.7.1, RFC 4443 §3.1).</summary>
    /// <inheritdoc cref="WriteTooBig"/>
    public static int WriteUnreachable(
        Span<byte> buffer, ReadOnlySpan<byte> offending, VpnAddress source, UnreachableReason reason, IpPrefix network = default)
    {
        byte code = (reason, source.IsIPv6) switch
        {
            (UnreachableReason.NoRoute, _) => 0,
            (UnreachableReason.HostUnreachable, false) => 1,
            (UnreachableReason.HostUnreachable, true) => 3,
            (UnreachableReason.Prohibited, false) => 13,
            (UnreachableReason.Prohibited, true) => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason that ICMP has a code for."),
        };
        return Write(buffer, offending, source, source.IsIPv6 ? UnreachableV6 : UnreachableV4, code, 0, network);
    }

    /// <param name="rest">The last 4 bytes of the error's header: unused, or the MTU (16 bits behind 16 unused ones, or 32 bits).</param>
    private static int Write(
        Span<byte> buffer, ReadOnlySpan<byte> offending, VpnAddress source, byte type, byte code, uint rest, IpPrefix network)
    {
        if (buffer.Length < MaxLength)
        {
            throw new ArgumentException($"{buffer.Length} bytes do not hold an ICMP error; {MaxLength} do.", nameof(buffer));
        }

        if (!IpPacket.TryParse(offending, out IpPacket parsed, out _) || parsed.IsIPv6 != source.IsIPv6)
        {
            return 0;
        }

        bool tooBig = rest != 0;
        if (!IcmpErrorRules.Permit(parsed, offending, network, tooBig))
        {
            return 0;
        }

        int limit = source.IsIPv6 ? MaxLengthIPv6 : MaxLengthIPv4;
        ReadOnlySpan<byte> quote = offending[..Math.Min(offending.Length, limit - IpHeader.LengthFor(source) - ErrorHeader)];
        byte protocol = source.IsIPv6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp;
        int headerLength = IpHeader.Write(buffer, source, parsed.Source, protocol, ErrorHeader + quote.Length);

        Span<byte> message = buffer.Slice(headerLength, ErrorHeader + quote.Length);
        message[0] = type;
        message[1] = code;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], rest);
        quote.CopyTo(message[ErrorHeader..]);
        ulong sum = InternetChecksum.Add(IcmpEcho.ChecksumStart(source, parsed.Source, message.Length), message);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Finish(sum));
        return headerLength + message.Length;
    }
}
