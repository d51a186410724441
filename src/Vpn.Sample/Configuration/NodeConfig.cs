using System.Net;
using System.Text;
using System.Text.Json;
using FifoVpn.Packets;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Configuration;

/// <summary>The configuration of one node, read from a JSON file and checked as a whole. Paths are absolute.</summary>
internal sealed class NodeConfig
{
    public const string DefaultDevice = "fifovpn0";
    public const int MinMtu = 576;
    public const int MinIPv6Mtu = 1280;
    public const int MaxMtu = 16384; // a record carries no more (RFC 5246 §6.2.1)

    /// <summary>The node's name; null means the common name of the certificate.</summary>
    public string? Name { get; init; }

    /// <summary>The name of the TUN device.</summary>
    public string Device { get; init; } = DefaultDevice;

    /// <summary>The node's VPN addresses, at least one.</summary>
    public required IReadOnlyList<InterfaceAddress> Addresses { get; init; }

    /// <summary>The MTU inside the tunnel, <see cref="MinMtu"/> to <see cref="MaxMtu"/>; null leaves it to the node.</summary>
    public int? Mtu { get; init; }

    /// <summary>The UDP address and port of the socket; port 0 is any free port.</summary>
    public required IPEndPoint Listen { get; init; }

    public required string CertificatePath { get; init; }

    public required string PrivateKeyPath { get; init; }

    public required string CaPath { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public required IReadOnlyList<PeerConfig> Peers { get; init; }

    /// <summary>
    /// The prefixes of all peers that need a route into the device: those that no network of the node's own addresses covers,
    /// for which the kernel makes a route by itself.
    /// </summary>
    public IEnumerable<IpPrefix> PrefixesToRoute => Peers
        .SelectMany(peer => peer.Prefixes)
        .Where(prefix => !Addresses.Any(address => address.Network.Contains(prefix)));

    /// <summary>What is allowed but probably not meant, one line each, to be logged.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="ConfigException">The file cannot be read, is no JSON, or something in it is wrong.</exception>
    public static NodeConfig Load(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string text;
        try
        {
            text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new ConfigException($"{path}: cannot read the configuration: {exception.Message}");
        }

        return Parse(text, path, folder);
    }

    /// <param name="source">What errors call the text: the path as the user gave it.</param>
    /// <param name="folder">What relative paths in the text are relative to.</param>
    internal static NodeConfig Parse(string text, string source, string folder)
    {
        JsonDocumentOptions options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, options);
            return new NodeConfigReader(source, folder).Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            string where = exception.LineNumber is { } line ? $"line {line + 1}, column {exception.BytePositionInLine + 1}: " : "";
            string what = exception.Message.Split(" LineNumber:", 2)[0];
            throw new ConfigException($"{source}: {where}not valid JSON: {what}");
        }
    }
}
