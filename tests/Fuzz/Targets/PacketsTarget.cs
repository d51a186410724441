using System.Buffers.Binary;
using FifoVpn.Control;
using FifoVpn.Links;
using FifoVpn.Packets;

namespace FifoDtls.Fuzz;

/// <summary>
/// What a node does with the packets of its peers and of its device: parse, hop limit, fragments, ICMP errors, TCP's maximum segment size, packets in two parts, super-packets. Every packet that is made
/// or changed must be well-formed, with right lengths and checksums.
/// </summary>
internal sealed partial class PacketsTarget : FuzzTarget
{
    private const int MaxPacket = 2_000;

    private static readonly VpnAddress[] Routers = [VpnAddress.Parse("10.88.0.9"), VpnAddress.Parse("fd88::9")];
    private static readonly IpPrefix Network = IpPrefix.Parse("10.88.0.0/24");

    private readonly List<byte[]> _corpus = [.. PacketSamples.All];
    private readonly byte[] _copy = new byte[8_192];
    private readonly byte[] _scratch = new byte[8_192];
    private readonly byte[] _joined = new byte[8_192];
    private readonly PartialPacket _partial = new(MaxPacket);
    private readonly PartialPacket _stranger = new(MaxPacket);
    private ushort _number;

    internal override IReadOnlyList<byte[]> Corpus => _corpus;

    internal override void Mutate(MutationBuffer buffer, FuzzRandom random)
    {
        for (int changes = 1 + random.Below(4); changes > 0; changes--)
        {
            if (random.OneIn(2))
            {
                PacketStructure.Change(buffer, random);
            }
            else
            {
                Mutator.Change(buffer, random, _corpus);
            }
        }

        if (!random.OneIn(4))
        {
            PacketStructure.Repair(buffer);
        }
    }

    internal override void Check(ReadOnlySpan<byte> input)
    {
        _number++;
        int mtu = 68 + (_number % 1_433);
        CheckParts(input);
        CheckStrangersPart(input);
        bool parsed = IpPacket.TryParse(input, out IpPacket packet, out IpPacketError error);
        Must.Hold(parsed == (error == IpPacketError.None), "an error says why");
        CheckErrors(input, parsed, mtu);
        CheckFragments(input, parsed, mtu);
        CheckMss(input, mtu);
        CheckOffloads(input, mtu);
        if (IcmpEchoMessage.TryRead(input, out IcmpEchoMessage echo))
        {
            Count("echoes");
            Must.Hold(parsed && echo.Payload.Length == packet.Payload.Length - IcmpEcho.HeaderLength, "an echo is a packet");
            Span<byte> reply = Copy(input);
            Must.Hold(IcmpEcho.TryTurnIntoReply(reply) == !echo.IsReply, "a request gets a reply");
            Must.Hold(IcmpEchoMessage.TryRead(reply, out IcmpEchoMessage answer) && answer.IsReply && answer.Payload.SequenceEqual(echo.Payload), "a reply has right checksums");
        }

        if (!parsed)
        {
            Count("no packets");
            return;
        }

        Must.Hold(packet.Header.Length + packet.Payload.Length == input.Length && packet.Length == input.Length, "header and payload are the packet");
        if (packet.IsIPv6 && IPv6Headers.TryFindUpperLayer(input, out _, out int offset, out _))
        {
            Must.Hold(offset >= IpPacket.IPv6Header && offset <= input.Length, "the upper layer lies within the packet");
        }

        CheckHopLimit(input, packet);
    }

    private void CheckHopLimit(ReadOnlySpan<byte> input, IpPacket packet)
    {
        Span<byte> copy = Copy(input);
        bool wasRight = packet.IsIPv6 || InternetChecksum.Compute(packet.Header) == 0;
        if (!HopLimit.TryDecrement(copy))
        {
            Must.Hold(packet.HopLimit <= 1 && copy.SequenceEqual(input), "a packet that goes no further is as it was");
            return;
        }

        Must.Hold(IpPacket.TryParse(copy, out IpPacket after, out _) && after.HopLimit == packet.HopLimit - 1, "one less");
        Must.Hold(after.Payload.SequenceEqual(packet.Payload), "the payload is as it was");
        Must.Hold(packet.IsIPv6 || (InternetChecksum.Compute(after.Header) == 0) == wasRight, "the header checksum stays right, or wrong");
    }

    private void CheckMss(ReadOnlySpan<byte> input, int mtu)
    {
        Span<byte> copy = Copy(input);
        if (!TcpMss.Clamp(copy, mtu))
        {
            Must.Hold(copy.SequenceEqual(input), "a packet that was not changed is as it was");
            return;
        }

        Count("clamped");
        Must.Hold(IpPacket.TryParse(copy, out IpPacket after, out _), "a clamped packet is a packet");
        int offset = after.Header.Length;
        if (after.IsIPv6)
        {
            Must.Hold(IPv6Headers.TryFindUpperLayer(copy, out _, out offset, out _), "TCP is still found");
        }

        Must.Hold(copy[..offset].SequenceEqual(input[..offset]), "the headers before TCP are as they were");
        int header = (copy[offset + 12] >> 4) * 4;
        Must.Hold(copy[(offset + header)..].SequenceEqual(input[(offset + header)..]), "the data is as it was");
        int before = InternetChecksum.Compute(input[offset..]) % ushort.MaxValue;
        Must.Hold(before == InternetChecksum.Compute(copy[offset..]) % ushort.MaxValue, "the TCP checksum stays right, or as wrong as it was");
        Must.Hold(!TcpMss.Clamp(copy, mtu), "once is enough");
    }

    private void CheckParts(ReadOnlySpan<byte> input)
    {
        if (input.Length is < 2 or > MaxPacket)
        {
            return;
        }

        byte first = (byte)(_number & 1);
        Must.Hold(AddPart(input, first, out _), "a part is taken");
        Must.Hold(AddPart(input, (byte)(1 - first), out ReadOnlySpan<byte> whole) && whole.SequenceEqual(input), "both parts are the packet");
    }

    private bool AddPart(ReadOnlySpan<byte> input, byte part, out ReadOnlySpan<byte> whole)
    {
        ReadOnlySpan<byte> message = SplitPacket.Write(_scratch, input, _number, part);
        Must.Hold(SplitPacket.TryRead(message, out ushort number, out byte read, out ReadOnlySpan<byte> bytes) && number == _number && read == part, "a part is read as it was written");
        bool taken = _partial.TryAdd(number, read, bytes, out Span<byte> packet);
        whole = packet;
        return taken;
    }

    // The input as a part that somebody else has made.
    private void CheckStrangersPart(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty || !SplitPacket.TryRead(input, out ushort number, out byte part, out ReadOnlySpan<byte> bytes))
        {
            return;
        }

        Must.Hold(part <= 1 && !bytes.IsEmpty, "a part is one of two, and not empty");
        if (_stranger.TryAdd((ushort)(number & 1), part, bytes, out Span<byte> packet) && !packet.IsEmpty)
        {
            Count("joined parts");
            Must.Hold(packet.Length <= MaxPacket && (part == 1 ? packet[^bytes.Length..] : packet[..bytes.Length]).SequenceEqual(bytes), "a joined packet fits and has the part");
        }
    }

    private Span<byte> Copy(ReadOnlySpan<byte> input)
    {
        input.CopyTo(_copy);
        return _copy.AsSpan(0, input.Length);
    }

    private static ushort Flags(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
}
