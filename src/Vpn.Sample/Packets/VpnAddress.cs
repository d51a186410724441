using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace FifoVpn.Packets;

/// <summary>
/// An IPv4 or IPv6 address by value: made from packet bytes, compared and hashed without allocation, unlike <see cref="IPAddress"/>.
/// The families never compare equal, not even for IPv4-mapped IPv6 addresses. There is no scope id. <c>default</c> is 0.0.0.0.
/// </summary>
internal readonly partial struct VpnAddress : IEquatable<VpnAddress>, IComparable<VpnAddress>
{
    public const int IPv4Bits = 32;
    public const int IPv6Bits = 128;

    private VpnAddress(UInt128 value, bool isIPv6)
    {
        Value = value;
        IsIPv6 = isIPv6;
    }

    /// <summary>The address as a number, most significant bit first; for IPv4 only the low 32 bits are used.</summary>
    public UInt128 Value { get; }

    public bool IsIPv6 { get; }

    public bool IsIPv4 => !IsIPv6;

    /// <summary>32 or 128.</summary>
    public int BitLength => IsIPv6 ? IPv6Bits : IPv4Bits;

    /// <summary>4 or 16.</summary>
    public int ByteLength => BitLength / 8;

    public bool IsUnspecified => Value == UInt128.Zero;

    public bool IsMulticast => IsIPv6 ? (byte)(Value >> 120) == 0xFF : (uint)Value >> 28 == 0xE;

    public bool IsLoopback => IsIPv6 ? Value == UInt128.One : (uint)Value >> 24 == 127;

    /// <summary>::ffff:0:0/96, an IPv4 address in IPv6 clothes: never a node's address.</summary>
    public bool IsIPv4Mapped => IsIPv6 && Value >> 32 == 0xFFFF;

    /// <summary>True when a node may own the address: not unspecified, multicast, broadcast, reserved, loopback or IPv4-mapped.</summary>
    public bool IsAssignable =>
        !IsUnspecified && !IsMulticast && !IsLoopback && !IsIPv4Mapped && (IsIPv6 || ((uint)Value >> 28 != 0xF && (uint)Value >> 24 != 0));

    public static VpnAddress FromIPv4(uint value) => new(value, isIPv6: false);

    public static VpnAddress FromIPv6(UInt128 value) => new(value, isIPv6: true);

    /// <summary>Reads an address in network byte order: 4 bytes are IPv4, 16 bytes IPv6.</summary>
    /// <exception cref="ArgumentException">Any other length.</exception>
    public static VpnAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(bytes)),
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
            BinaryPrimitives.WriteUInt128BigEndian(destination, Value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Value);
        }
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        WriteBytes(bytes);
        return new IPAddress(bytes);
    }

    public bool Equals(VpnAddress other) => Value == other.Value && IsIPv6 == other.IsIPv6;

    public override bool Equals(object? obj) => obj is VpnAddress other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Value, IsIPv6);

    /// <summary>IPv4 before IPv6, then by number.</summary>
    public int CompareTo(VpnAddress other) => IsIPv6 == other.IsIPv6 ? Value.CompareTo(other.Value) : IsIPv6.CompareTo(other.IsIPv6);

    public override string ToString() => ToIPAddress().ToString();

    public static bool operator ==(VpnAddress left, VpnAddress right) => left.Equals(right);

    public static bool operator !=(VpnAddress left, VpnAddress right) => !left.Equals(right);
}
