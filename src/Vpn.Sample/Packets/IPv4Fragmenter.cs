using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>
/// Cuts an IPv4 packet into fragments that a link carries (RFC 791 §3.2), one after the other in the same scratch buffer: each is gone when the
/// next one is made.
/// </summary>
/// <example><c>if (IPv4Fragmenter.TryStart(packet, mtu, scratch, out var fragments)) while (fragments.MoveNext()) Send(fragments.Current);</c></example>
internal ref struct IPv4Fragmenter
{
    /// <summary>The smallest MTU: the longest header and 8 bytes (RFC 791 §3.2).</summary>
    public const int MinimumMtu = 68;

    private const ushort DontFragment = 0x4000;
    private const ushort MoreFragments = 0x2000;
    private const ushort OffsetMask = 0x1FFF;
    private const int OffsetUnit = 8;
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte CopiedFlag = 0x80;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly ReadOnlySpan<byte> _header;
    private readonly ReadOnlySpan<byte> _payload;
    private readonly Span<byte> _scratch;
    private readonly int _mtu;
    private int _taken;
    private bool _started;

    private IPv4Fragmenter(ReadOnlySpan<byte> packet, int headerLength, int mtu, Span<byte> scratch)
    {
        _packet = packet;
        _header = packet[..headerLength];
        _payload = packet[headerLength..];
        _mtu = mtu;
        _scratch = scratch;
    }

    /// <summary>The fragment, a whole packet with a right header checksum, until the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>
    /// Begins to cut. False when the packet is no well-formed IPv4 packet, or does not fit and forbids it (don't fragment): then
    /// <see cref="IcmpError.WriteTooBig"/> is the answer. A packet that fits comes out whole, as the only fragment.
    /// </summary>
    /// <param name="scratch">Where the fragments are made: at least <paramref name="mtu"/> bytes, apart from the packet.</param>
    /// <exception cref="ArgumentException">The MTU is below 68, or the scratch buffer shorter than the MTU.</exception>
    public static bool TryStart(ReadOnlySpan<byte> packet, int mtu, Span<byte> scratch, out IPv4Fragmenter fragments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, MinimumMtu);
        if (scratch.Length < mtu)
        {
            throw new ArgumentException($"{scratch.Length} bytes do not hold a fragment of {mtu} bytes.", nameof(scratch));
        }

        bool allowed = IpPacket.TryParse(packet, out IpPacket parsed, out _) && !parsed.IsIPv6 && (packet.Length <= mtu || MayCut(parsed));
        fragments = allowed ? new IPv4Fragmenter(packet, parsed.Header.Length, mtu, scratch) : default;
        return allowed;
    }

    /// <summary>Makes the next fragment. False when there is none left.</summary>
    public bool MoveNext()
    {
        bool first = !_started;
        _started = true;
        if (!first && _taken >= _payload.Length)
        {
            Current = default;
            return false;
        }

        if (_packet.Length <= _mtu)
        {
            _taken = _payload.Length;
            Current = _packet;
            return true;
        }

        int headerLength = WriteHeader(first);
        int room = _mtu - headerLength;
        int left = _payload.Length - _taken;
        int length = left <= room ? left : room / OffsetUnit * OffsetUnit;
        _payload.Slice(_taken, length).CopyTo(_scratch[headerLength..]);

        // Offset and "more fragments" of the packet itself count when it is a fragment already.
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(_header[6..]);
        int offset = (flags & OffsetMask) + (_taken / OffsetUnit);
        int more = length < left ? MoreFragments : flags & MoreFragments;
        BinaryPrimitives.WriteUInt16BigEndian(_scratch[2..], (ushort)(headerLength + length));
        BinaryPrimitives.WriteUInt16BigEndian(_scratch[6..], (ushort)((flags & ~(OffsetMask | MoreFragments)) | more | offset));
        IpHeader.UpdateIPv4Checksum(_scratch[..headerLength]);
        _taken += length;
        Current = _scratch[..(headerLength + length)];
        return true;
    }

    /// <summary>No whole packet has a byte beyond 65,535; a fragment that claims one would get offsets that begin again at 0.</summary>
    private static bool MayCut(IpPacket packet)
    {
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(packet.Header[6..]);
        return (flags & DontFragment) == 0 && ((flags & OffsetMask) * OffsetUnit) + packet.Payload.Length <= ushort.MaxValue;
    }

    /// <summary>The first fragment has the header as it was, the others only those options that ask to be copied (RFC 791 §3.1).</summary>
    private readonly int WriteHeader(bool first)
    {
        if (first)
        {
            _header.CopyTo(_scratch);
            return _header.Length;
        }

        _header[..IpPacket.IPv4MinimumHeader].CopyTo(_scratch);
        int length = IpPacket.IPv4MinimumHeader;
        ReadOnlySpan<byte> options = _header[IpPacket.IPv4MinimumHeader..];
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            int optionLength = options[0] == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (optionLength == 0 || optionLength > options.Length || (optionLength == 1 && options[0] != NoOperation))
            {
                break; // malformed: what follows can't be told apart
            }

            if ((options[0] & CopiedFlag) != 0)
            {
                options[..optionLength].CopyTo(_scratch[length..]);
                length += optionLength;
            }

            options = options[optionLength..];
        }

        int padded = (length + 3) & ~3;
        _scratch[length..padded].Clear();
        _scratch[0] = (byte)(0x40 | (padded / 4));
        return padded;
    }
}
