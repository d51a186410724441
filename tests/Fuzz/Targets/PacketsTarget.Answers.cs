using FifoVpn.Packets;

namespace FifoDtls.Fuzz;

// The packets that are made of a packet: fragments and ICMP errors.
internal sealed partial class PacketsTarget
{
    private void CheckFragments(ReadOnlySpan<byte> input, bool parsed, int mtu)
    {
        if (!IPv4Fragmenter.TryStart(input, mtu, _scratch.AsSpan(0, mtu), out IPv4Fragmenter fragments))
        {
            Must.Hold(!parsed || input[0] >> 4 == 6 || input.Length > mtu, "what fits is not refused");
            return;
        }

        Must.Hold(parsed && input[0] >> 4 == 4, "only packets of IPv4 are cut");
        int header = (input[0] & 0xF) * 4;
        int at = 0;
        int last = -1;
        while (fragments.MoveNext())
        {
            ReadOnlySpan<byte> piece = fragments.Current;
            Must.Hold(piece.Length <= mtu && IpPacket.TryParse(piece, out _, out _), "a fragment is a packet that fits");
            Must.Hold(last != 0, "no fragment follows the one that says it is the last");
            IpPacket.TryParse(piece, out IpPacket fragment, out _);
            if (input.Length <= mtu)
            {
                Must.Hold(piece.SequenceEqual(input), "what fits comes out as it is");
                return;
            }

            Must.Hold(InternetChecksum.Compute(fragment.Header) == 0, "a fragment's header checksum");
            Must.Hold(((Flags(piece) & 0x1FFF) - (Flags(input) & 0x1FFF)) * 8 == at, "fragments follow each other");
            Must.Hold(fragment.Source == Address(input, 12) && fragment.Destination == Address(input, 16) && fragment.Protocol == input[9], "addresses and protocol");
            bool more = at + fragment.Payload.Length < input.Length - header;
            Must.Hold(!more || fragment.Payload.Length % 8 == 0, "8-byte units");
            last = (Flags(piece) & 0x2000) >> 13;
            Must.Hold(last == (more ? 1 : (Flags(input) & 0x2000) >> 13), "more fragments, or the packet's own flag");
            last = more ? 1 : 0;
            fragment.Payload.CopyTo(_joined.AsSpan(at));
            at += fragment.Payload.Length;
        }

        if (input.Length > mtu)
        {
            Count("cut");
            Must.Hold(_joined.AsSpan(0, at).SequenceEqual(input[header..]), "the fragments are the payload");
        }
    }

    private void CheckErrors(ReadOnlySpan<byte> input, bool parsed, int mtu)
    {
        foreach (VpnAddress router in Routers)
        {
            CheckError(input, parsed, router, IcmpError.WriteTooBig(_scratch, input, router, mtu, Network));
            CheckError(input, parsed, router, IcmpError.WriteTimeExceeded(_scratch, input, router, Network));
            CheckError(input, parsed, router, IcmpError.WriteUnreachable(_scratch, input, router, (UnreachableReason)(_number % 3), Network));
        }
    }

    private void CheckError(ReadOnlySpan<byte> input, bool parsed, VpnAddress router, int length)
    {
        if (length == 0)
        {
            return;
        }

        Count("errors");
        ReadOnlySpan<byte> error = _scratch.AsSpan(0, length);
        Must.Hold(parsed && length <= (router.IsIPv6 ? IcmpError.MaxLengthIPv6 : IcmpError.MaxLengthIPv4), "an error answers a packet and is bounded");
        IpPacket.TryParse(input, out IpPacket offending, out _);
        Must.Hold(IpPacket.TryParse(error, out IpPacket answer, out _), "an error is a packet");
        Must.Hold(answer.Source == router && answer.Destination == offending.Source && offending.Source.IsAssignable, "it goes to one node, the sender");
        ReadOnlySpan<byte> quote = answer.Payload[8..];
        Must.Hold(quote.Length >= Math.Min(input.Length, 28) && quote.SequenceEqual(input[..quote.Length]), "it quotes the packet");
        ulong sum = router.IsIPv6 ? InternetChecksum.AddPseudoHeader(0, answer.Source, answer.Destination, IpProtocol.IcmpV6, answer.Payload.Length) : 0;
        Must.Hold(InternetChecksum.Finish(InternetChecksum.Add(sum, answer.Payload)) == 0, "its checksum");
        Must.Hold(router.IsIPv6 || InternetChecksum.Compute(answer.Header) == 0, "its header checksum");
        Must.Hold(IcmpError.WriteUnreachable(_joined, error, router, UnreachableReason.NoRoute, Network) == 0, "no error answers an error");
        Must.Hold(router.IsIPv6 || offending.Protocol != IpProtocol.Icmp || (Flags(input) & 0x1FFF) != 0 || offending.Payload[0] is not (3 or 4 or 5 or 11 or 12), "an error gets no answer");
    }

    private static VpnAddress Address(ReadOnlySpan<byte> packet, int at) => VpnAddress.FromBytes(packet.Slice(at, 4));
}
