using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace FifoVpn.Packets;

/// <summary>
/// An IPv4 or IPv6 address by value: made from packet bytes, compared and hashed without allocation, unlike <see cref="IPAddress"/>.
/// The families never compare equal, not even for IPv4-mapped IPv6 addresses. There is no scope id. <c>default</c> is 0.0.0.0.
/// </summary>
/// <remarks>Two halves instead of a <see cref="UInt128"/>: code with one in it can't be compiled ahead, and addresses are everywhere in the start of the program.</remarks>
internal readonly partial struct VpnAddress : IEquatable<VpnAddress>, IComparable<VpnAddress>
{
    public const int IPv4Bits = 32;
    public const int IPv6Bits = 128;

    private readonly ulong _high; // the address as a number, most significant bit first; for IPv4 only the low 32 bits are used
    private readonly ulong _low;

    private VpnAddress(ulong high, ulong low, bool isIPv6)
    {
        _high = high;
        _low = low;
        IsIPv6 = isIPv6;
    }

    public bool IsIPv6 { get; }

    public bool IsIPv4 => !IsIPv6;

    /// <summary>32 or 128.</summary>
    public int BitLength => IsIPv6 ? IPv6Bits : IPv4Bits;

    /// <summary>4 or 16.</summary>
    public int ByteLength => BitLength / 8;

    public bool IsUnspecified => (_high | _low) == 0;

    public bool IsMulticast => IsIPv6 ? _high >> 56 == 0xFF : _low >> 28 == 0xE;

    public bool IsLoopback => IsIPv6 ? _high == 0 && _low == 1 : _low >> 24 == 127;

    /// <summary>::ffff:0:0/96, an IPv4 address in IPv6 clothes: never a node's address.</summary>
    public bool IsIPv4Mapped => IsIPv6 && _high == 0 && _low >> 32 == 0xFFFF;

    /// <summary>True when a node may own the address: not unspecified, multicast, broadcast, reserved, loopback or IPv4-mapped.</summary>
    public bool IsAssignable =>
        !IsUnspecified && !IsMulticast && !IsLoopback && !IsIPv4Mapped && (IsIPv6 || (_low >> 28 != 0xF && _low >> 24 != 0));

    public static VpnAddress FromIPv4(uint value) => new(0, value, isIPv6: false);

    /// <summary>Reads an address in network byte order: 4 bytes are IPv4, 16 bytes IPv6.</summary>
    /// <exception cref="ArgumentException">Any other length.</exception>
    public static VpnAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => new VpnAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), isIPv6: true),
        _ => throw new ArgumentException($"An IP address has 4 or 16 bytes, not {bytes.Length}.", nameof(bytes)),
    };

    /// <summary>Takes the address only: a scope id is left out.</summary>
    public static VpnAddress FromIPAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        bool written = address.TryWriteBytes(bytes, out int length);
        return written ? FromBytes(bytes[..length]) : throw new ArgumentException($"{address} is not an IP address.", nameof(address));
    }

    /// <summary>
    /// Reads the usual text form only. What <see cref="IPAddress"/> would also take (octal, hexadecimal or missing parts, brackets,
    /// ports, scope ids) is refused: in a configuration it is a mistake.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out VpnAddress address)
    {
        address = default;
        if (text is null || text.AsSpan().ContainsAny("[]%/ ") || !IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }

        if (parsed.AddressFamily == AddressFamily.InterNetwork && parsed.ToString() != text)
        {
            return false;
        }

        address = FromIPAddress(parsed);
        return true;
    }

    /// <exception cref="FormatException">The text is no address.</exception>
    public static VpnAddress Parse(string text) =>
        TryParse(text, out VpnAddress address) ? address : throw new FormatException($"\"{text}\" is not an IPv4 or IPv6 address.");

    /// <summary>Writes <see cref="ByteLength"/> bytes in network byte order.</summary>
    public void WriteBytes(Span<byte> destination)
    {
        if (IsIPv6)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
            BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
        }
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        WriteBytes(bytes);
        return new IPAddress(bytes);
    }

    /// <summary>The first address of its network of that length: with the bits behind it zero.</summary>
    /// <param name="length">0 to <see cref="BitLength"/>.</param>
    public VpnAddress Masked(int length)
    {
        if (!IsIPv6)
        {
            return new VpnAddress(0, _low & Mask(length + 32), isIPv6: false); // IPv4 is the low half of the low word
        }

        return length <= 64 ? new VpnAddress(_high & Mask(length), 0, isIPv6: true) : new VpnAddress(_high, _low & Mask(length - 64), isIPv6: true);
    }

    public bool Equals(VpnAddress other) => _low == other._low && _high == other._high && IsIPv6 == other.IsIPv6;

    public override bool Equals(object? obj) => obj is VpnAddress other && Equals(other);

    public override int GetHashCode() => (int)(((_low ^ BitOperations.RotateLeft(_high, 32)) * 0x9E37_79B9_7F4A_7C15) >> 32); // Fibonacci hashing: looked up for every packet

    /// <summary>IPv4 before IPv6, then by number.</summary>
    public int CompareTo(VpnAddress other)
    {
        if (IsIPv6 != other.IsIPv6)
        {
            return IsIPv6.CompareTo(other.IsIPv6);
        }

        return _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);
    }

    public override string ToString() => ToIPAddress().ToString();

    public static bool operator ==(VpnAddress left, VpnAddress right) => left.Equals(right);

    public static bool operator !=(VpnAddress left, VpnAddress right) => !left.Equals(right);

    /// <summary>The first bits of a word; a shift by all 64 would be none.</summary>
    private static ulong Mask(int length) => length == 0 ? 0 : ulong.MaxValue << (64 - length);
}
