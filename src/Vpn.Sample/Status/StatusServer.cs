using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FifoVpn.Configuration;
using FifoVpn.Node;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Status;

/// <summary>
/// Tells the status of a node over a Unix socket. A client sends requests of one line each, "status" or "ping NAME", and gets one line of JSON for each. It is given
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

    private readonly VpnNode _node;
    private readonly ILogger _logger;
    private readonly ClientAcceptor _acceptor;

    /// <summary>Makes the socket; whoever connects is served after <see cref="Start"/>.</summary>
    /// <exception cref="ConfigException">The socket can't be made; the message names the key statusSocket.</exception>
    public StatusServer(string path, VpnNode node, ILogger logger)
    {
        Path = path;
        _node = node;
        _logger = logger;
        byte[] busy = Line(new StatusError($"there are {ClientAcceptor.MaxClients} clients already; try again"), StatusJson.Default.StatusError);
        _acceptor = new ClientAcceptor(StatusSocketFile.Listen(path), "vpn-status", MaxRequest, busy, Serve, logger);
    }

    public string Path { get; }

    /// <summary>Clients now.</summary>
    public int Clients => _acceptor.Clients;

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
            [StatusRequest] => Line(NodeStatusReader.Read(_node), StatusJson.Default.NodeStatus),
            [PingRequest, string name] => Ping(name),
            _ => Line(new StatusError($"the request is neither \"{StatusRequest}\" nor \"{PingRequest} NAME\""), StatusJson.Default.StatusError),
        };
    }

    private byte[] Ping(string name)
    {
        VpnPeer? peer = _node.Peers.FirstOrDefault(candidate => candidate.Name == name);
        if (peer is null)
        {
            string[] names = [.. _node.Peers.Select(candidate => candidate.Name).Order(StringComparer.Ordinal)];
            string known = names.Length > 0 ? $"the peers are {string.Join(", ", names)}" : "there are none";
            return Line(new StatusError($"\"{name}\" is no peer of \"{_node.Name}\"; {known}", names), StatusJson.Default.StatusError);
        }

        string? via = peer.Link?.Where;
        TimeSpan? roundTrip = peer.Ping(PingLimit);
        string? failure = roundTrip is not null ? null : via is null ? "not connected" : $"no answer within {PingLimit.TotalSeconds:0.###} s";
        return Line(new PingStatus(name, roundTrip is { } time ? NodeStatusReader.Milliseconds(time) : null, via, failure), StatusJson.Default.PingStatus);
    }
}
