using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FifoVpn.Configuration;

/// <summary>HOST:PORT, where HOST is an IPv4 address, an IPv6 address in brackets, or a name that is looked up when it is needed.</summary>
/// <param name="Host">The host without brackets.</param>
/// <param name="Address">The host as an address; null when it is a name.</param>
internal sealed record PeerEndpoint(string Host, int Port, IPAddress? Address)
{
    private const int MaxHostNameLength = 253;

    /// <summary>Reads the text form. A port of 0 is not taken: nothing can be sent there.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PeerEndpoint? endpoint)
    {
        endpoint = null;
        if (!TrySplit(text, out string? host, out int port) || port == 0)
        {
            return false;
        }

        bool bracketed = text[0] == '[';
        if (TryParseAddress(host, bracketed, out IPAddress? address) || (!bracketed && IsHostName(host)))
        {
            endpoint = new PeerEndpoint(host, port, address);
        }

        return endpoint is not null;
    }

    /// <summary>Reads an address to listen on: no names, port 0 means any free port.</summary>
    public static bool TryParseListen(string text, [NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        endpoint = null;
        if (TrySplit(text, out string? host, out int port) && TryParseAddress(host, text[0] == '[', out IPAddress? address))
        {
            endpoint = new IPEndPoint(address, port);
        }

        return endpoint is not null;
    }

    /// <summary>
    /// The addresses that a socket bound to <paramref name="local"/> reaches, looked up anew each time: a host may have moved. Blocks while the resolver does.
    /// </summary>
    /// <returns>At least one; in the resolver's order.</returns>
    /// <exception cref="SocketException">The name can't be resolved.</exception>
    /// <exception cref="ArgumentException">It has no address that the socket reaches.</exception>
    public IReadOnlyList<IPEndPoint> Resolve(IPEndPoint local)
    {
        bool both = local.Address.Equals(IPAddress.IPv6Any);
        IPAddress[] all = Address is { } address ? [address] : Dns.GetHostAddresses(Host);
        IPEndPoint[] reached = [.. all.Where(candidate => both || candidate.AddressFamily == local.AddressFamily).Select(candidate => new IPEndPoint(candidate, Port))];
        return reached.Length > 0 ? reached : throw new ArgumentException($"{Host} has no address that {local} reaches");
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static bool TrySplit(string text, [NotNullWhen(true)] out string? host, out int port)
    {
        host = null;
        int colon = text.LastIndexOf(':');
        if (colon < 1 || !TryParsePort(text.AsSpan(colon + 1), out port))
        {
            port = 0;
            return false;
        }

        host = text[..colon];
        if (host is ['[', .., ']'])
        {
            host = host[1..^1];
        }

        return host.Length > 0;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort;

    /// <summary>
    /// IPv6 only in brackets (a scope id is allowed: the underlay may be link-local), IPv4 only without and in its usual form.
    /// </summary>
    private static bool TryParseAddress(string host, bool bracketed, [NotNullWhen(true)] out IPAddress? address)
    {
        bool parsed = IPAddress.TryParse(host, out address) && (bracketed
            ? address.AddressFamily == AddressFamily.InterNetworkV6 && !host.Contains('[', StringComparison.Ordinal)
            : address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == host);
        address = parsed ? address : null;
        return parsed;
    }

    /// <summary>
    /// RFC 1123 §2.1: labels of letters, digits and inner hyphens. A last label of digits only would be a mistyped IPv4 address.
    /// </summary>
    private static bool IsHostName(string host)
    {
        string[] labels = host.TrimEnd('.').Split('.');
        return host.Length <= MaxHostNameLength && labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit);

        static bool IsLabel(string label) =>
            label.Length is >= 1 and <= 63
            && label[0] != '-'
            && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }
}
