using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace FifoDtls.Stress;

/// <summary>A host and a port as written on the command line: <c>HOST:PORT</c>, <c>1.2.3.4:PORT</c> or <c>[::1]:PORT</c>.</summary>
internal sealed record NetworkAddress(string Host, int Port)
{
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>The endpoint, of a host that is an IP address.</summary>
    internal IPEndPoint ToEndPoint() => new(IPAddress.Parse(Host), Port);

    /// <summary>Parses an option's value whose host must be an IP address; port 0 is allowed.</summary>
    internal static NetworkAddress? ParseLocal(ArgumentResult result)
    {
        NetworkAddress? address = TryParse(result.Tokens[0].Value, minPort: 0);
        if (address is null || !IPAddress.TryParse(address.Host, out _))
        {
            result.AddError($"'{result.Tokens[0].Value}' is no ADDR:PORT such as 127.0.0.1:4433, [::]:4433 or 0.0.0.0:0 (port 0 to 65535).");
            return null;
        }

        return address;
    }

    /// <summary>Parses an option's value whose host may be a name.</summary>
    internal static NetworkAddress? ParseRemote(ArgumentResult result)
    {
        NetworkAddress? address = TryParse(result.Tokens[0].Value, minPort: 1);
        if (address is null)
        {
            result.AddError($"'{result.Tokens[0].Value}' is no HOST:PORT such as server.example:4433, 127.0.0.1:4433 or [::1]:4433 (port 1 to 65535).");
        }

        return address;
    }

    private static NetworkAddress? TryParse(string text, int minPort)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port < minPort || port > ushort.MaxValue)
        {
            return null;
        }

        string host = text[..colon];
        bool bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        host = bracketed ? host[1..^1] : host;
        bool isIPv6 = host.Contains(':'); // brackets are for IPv6, and IPv6 needs them
        return isIPv6 == bracketed && (!isIPv6 || IPAddress.TryParse(host, out _)) ? new NetworkAddress(host, port) : null;
    }
}
