using System.Diagnostics.CodeAnalysis;

namespace FifoVpn.Packets;

/// <summary>A network in CIDR form (RFC 4632, RFC 4291 §2.3): an address whose host bits are zero, and a prefix length.</summary>
internal readonly struct IpPrefix : IEquatable<IpPrefix>
{
    private IpPrefix(VpnAddress network, int length)
    {
        Network = network;
        Length = length;
    }

    public VpnAddress Network { get; }

    public int Length { get; }

    /// <summary>The /32 or /128 that holds this address only.</summary>
    public static IpPrefix Host(VpnAddress address) => new(address, address.BitLength);

    /// <summary>The network of that length in which the address lies.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not in 0..32 (IPv4) or 0..128 (IPv6).</exception>
    public static IpPrefix Containing(VpnAddress address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.BitLength);
        return new IpPrefix(address.Masked(length), length);
    }

    /// <summary>Reads ADDRESS/LENGTH.</summary>
    /// <param name="error">What is wrong and what to write instead, for a person.</param>
    public static bool TryParse(string text, out IpPrefix prefix, [NotNullWhen(false)] out string? error)
    {
        prefix = default;
        if (!TrySplit(text, out VpnAddress address, out int length, out error))
        {
            return false;
        }

        prefix = Containing(address, length);
        if (prefix.Network != address)
        {
            error = $"\"{text}\" has host bits set; write {prefix} for the network or {Host(address)} for the address alone";
            return false;
        }

        return true;
    }

    /// <exception cref="FormatException">The text is no prefix; the message says why.</exception>
    public static IpPrefix Parse(string text) =>
        TryParse(text, out IpPrefix prefix, out string? error) ? prefix : throw new FormatException(error);

    public bool Contains(VpnAddress address) =>
        address.IsIPv6 == Network.IsIPv6 && address.Masked(Length) == Network;

    /// <summary>True when every address of the other prefix lies in this one.</summary>
    public bool Contains(IpPrefix other) => other.Length >= Length && Contains(other.Network);

    public bool Equals(IpPrefix other) => Network == other.Network && Length == other.Length;

    public override bool Equals(object? obj) => obj is IpPrefix other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Network, Length);

    public override string ToString() => $"{Network}/{Length}";

    public static bool operator ==(IpPrefix left, IpPrefix right) => left.Equals(right);

    public static bool operator !=(IpPrefix left, IpPrefix right) => !left.Equals(right);

    internal static bool TrySplit(string text, out VpnAddress address, out int length, [NotNullWhen(false)] out string? error)
    {
        length = 0;
        error = null;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!VpnAddress.TryParse(slash < 0 ? text : text[..slash], out address))
        {
            error = $"\"{text}\" is not ADDRESS/LENGTH; write for example 10.88.0.0/24 or fd88::/64";
        }
        else if (slash < 0)
        {
            error = $"\"{text}\" has no prefix length; write {Host(address)} for the address alone";
        }
        else if (!TryParseLength(text.AsSpan(slash + 1), address.BitLength, out length))
        {
            error = $"\"{text}\" has no valid prefix length; for {(address.IsIPv6 ? "IPv6" : "IPv4")} it is 0 to {address.BitLength}";
        }

        return error is null;
    }

    private static bool TryParseLength(ReadOnlySpan<char> text, int limit, out int length)
    {
        length = 0;
        if (text.Length is 0 or > 3 || text.ContainsAnyExceptInRange('0', '9') || (text.Length > 1 && text[0] == '0'))
        {
            return false;
        }

        foreach (char digit in text)
        {
            length = (length * 10) + (digit - '0');
        }

        return length <= limit;
    }
}
