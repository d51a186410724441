using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Rendezvous;
using FifoVpn.Service;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Status;

/// <summary>
/// Tells the status of a node or of a rendezvous server over a Unix socket. A client sends requests of one line each, "status" or "ping NAME", and gets one line of JSON for each. It is given
/// <see cref="RequestLimit"/> for a request and <see cref="AnswerLimit"/> to take an answer.
/// </summary>
internal sealed class StatusServer : IDisposable
{
    public const string StatusRequest = "status";
    public const string PingRequest = "ping";

    /// <summary>The most bytes of a request; a name has 63.</summary>
    public const int MaxRequest = 256;

    /// <summary>How long the answer to a ping is waited for.</summary>
    public static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long a client may be silent.</summary>
    public static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly Func<byte[]> _status;
    private readonly Func<string, byte[]> _ping;
    private readonly ILogger _logger;
    private readonly ClientAcceptor _acceptor;

    /// <summary>Makes the socket; whoever connects is served after <see cref="Start"/>.</summary>
    /// <exception cref="ConfigException">The socket can't be made; the message names the key statusSocket.</exception>
    public StatusServer(string path, VpnNode node, ILogger logger)
        : this(path, () => Line(NodeStatusReader.Read(node), StatusJson.Default.NodeStatus), name => Ping(node, name), logger)
    {
    }

    /// <summary>The same for a rendezvous server, which pings nobody.</summary>
    /// <exception cref="ConfigException">The socket can't be made; the message names the key statusSocket.</exception>
    public StatusServer(string path, RendezvousServer server, ILogger logger)
        : this(
            path,
            () => Line(ServerStatusReader.Read(server), StatusJson.Default.ServerStatus),
            _ => Line(new StatusError($"\"{server.Name}\" is a rendezvous server, which has no peers", []), StatusJson.Default.StatusError),
            logger)
    {
    }

    private StatusServer(string path, Func<byte[]> status, Func<string, byte[]> ping, ILogger logger)
    {
        Path = path;
        _status = status;
        _ping = ping;
        _logger = logger;
        byte[] busy = Line(new StatusError($"there are {ClientAcceptor.MaxClients} clients already; try again"), StatusJson.Default.StatusError);
        _acceptor = new ClientAcceptor(StatusSocketFile.Listen(path), "vpn-status", MaxRequest, busy, Serve, logger);
    }

    public string Path { get; }

    /// <summary>Clients now.</summary>
    public int Clients => _acceptor.Clients;

    /// <summary>
    /// Makes a server if there is to be one. The default socket is a service to the user and no wish of his: where it can't be made, a warning says so and all else runs.
    /// </summary>
    /// <param name="path">The socket; null: none.</param>
    /// <exception cref="ConfigException">A socket that is not the default one can't be made.</exception>
    public static StatusServer? TryOpen(string? path, string defaultPath, Func<string, StatusServer> open, ILogger logger)
    {
        try
        {
            return path is null ? null : open(path);
        }
        catch (ConfigException exception) when (path == defaultPath)
        {
            ServiceLogger.NoStatusSocket(logger, exception.Message);
            return null;
        }
    }

    public void Start()
    {
        _acceptor.Start();
        StatusLogger.StatusStarted(_logger, Path);
    }

    /// <summary>Closes all connections and removes the socket. Bounded.</summary>
    public void Dispose() => _acceptor.Dispose();

    private static byte[] Line<T>(T document, JsonTypeInfo<T> type) => [.. JsonSerializer.SerializeToUtf8Bytes(document, type), (byte)'\n'];

    private void Serve(ClientConnection client)
    {
        while (true)
        {
            switch (client.Read("\n"u8, RequestLimit, out ReadOnlySpan<byte> request))
            {
                case ReadStatus.Done when client.TryWrite(Answer(Encoding.UTF8.GetString(request)), AnswerLimit):
                    break;
                case ReadStatus.TooLong:
                    client.TryWrite(Line(new StatusError($"the request is longer than {MaxRequest} bytes"), StatusJson.Default.StatusError), AnswerLimit);
                    return;
                default:
                    return;
            }
        }
    }

    private byte[] Answer(string request)
    {
        string[] words = request.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            [StatusRequest] => _status(),
            [PingRequest, string name] => _ping(name),
            _ => Line(new StatusError($"the request is neither \"{StatusRequest}\" nor \"{PingRequest} NAME\""), StatusJson.Default.StatusError),
        };
    }

    private static byte[] Ping(VpnNode node, string name)
    {
        VpnPeer? peer = node.Peers.FirstOrDefault(candidate => candidate.Name == name);
        if (peer is null)
        {
            string[] names = [.. node.Peers.Select(candidate => candidate.Name).Order(StringComparer.Ordinal)];
            string known = names.Length > 0 ? $"the peers are {string.Join(", ", names)}" : "there are none";
            return Line(new StatusError($"\"{name}\" is no peer of \"{node.Name}\"; {known}", names), StatusJson.Default.StatusError);
        }

        string? via = peer.Link?.Where;
        TimeSpan? roundTrip = peer.Ping(PingLimit);
        string? failure = roundTrip is not null ? null : via is null ? "not connected" : $"no answer within {PingLimit.TotalSeconds:0.###} s";
        return Line(new PingStatus(name, roundTrip is { } time ? NodeStatusReader.Milliseconds(time) : null, via, failure), StatusJson.Default.PingStatus);
    }
}
