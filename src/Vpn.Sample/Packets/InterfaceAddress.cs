using System.Diagnostics.CodeAnalysis;

namespace FifoVpn.Packets;

/// <summary>
/// An address of a network device with the length of its on-link prefix, as in 10.88.0.1/24: host bits are meant to be set.
/// </summary>
internal readonly record struct InterfaceAddress
{
    /// <exception cref="ArgumentOutOfRangeException">The length does not suit the address family.</exception>
    public InterfaceAddress(VpnAddress address, int prefixLength)
    {
        Address = address;
        Network = IpPrefix.Containing(address, prefixLength);
    }

    public VpnAddress Address { get; }

    /// <summary>The network that is on-link through the device.</summary>
    public IpPrefix Network { get; }

    public int PrefixLength => Network.Length;

    /// <summary>Reads ADDRESS/LENGTH.</summary>
    /// <param name="error">What is wrong and what to write instead, for a person.</param>
    public static bool TryParse(string text, out InterfaceAddress result, [NotNullWhen(false)] out string? error)
    {
        bool split = IpPrefix.TrySplit(text, out VpnAddress address, out int length, out error);
        result = split ? new InterfaceAddress(address, length) : default;
        return split;
    }

    /// <exception cref="FormatException">The text is no address with length; the message says why.</exception>
    public static InterfaceAddress Parse(string text) =>
        TryParse(text, out InterfaceAddress result, out string? error) ? result : throw new FormatException(error);

    public override string ToString() => $"{Address}/{PrefixLength}";
}
