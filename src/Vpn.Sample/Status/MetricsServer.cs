using System.Net;
using System.Net.Sockets;
using System.Text;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Rendezvous;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Status;

/// <summary>
/// Serves the metrics of a node or of a rendezvous server over HTTP/1.1 (RFC 9112): GET /metrics, one request for each connection. Nothing of a request but its first line means anything, so this needs no more of
/// HTTP than that line and the end of the head.
/// </summary>
internal sealed class MetricsServer : IDisposable
{
    private const int Backlog = 16;
    private const int MaxHead = 8 << 10;

    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly Func<string> _write;
    private readonly ILogger _logger;
    private readonly ClientAcceptor _acceptor;

    /// <summary>Binds the socket; whoever connects is served after <see cref="Start"/>.</summary>
    /// <exception cref="ConfigException">The address can't be bound; the message names the key metrics.</exception>
    public MetricsServer(IPEndPoint local, VpnNode node, ILogger logger)
        : this(local, () => NodeMetrics.Write(NodeStatusReader.Read(node)), logger)
    {
    }

    /// <summary>The same for a rendezvous server.</summary>
    /// <exception cref="ConfigException">The address can't be bound; the message names the key metrics.</exception>
    public MetricsServer(IPEndPoint local, RendezvousServer server, ILogger logger)
        : this(local, () => RendezvousMetrics.Write(server), logger)
    {
    }

    private MetricsServer(IPEndPoint local, Func<string> write, ILogger logger)
    {
        _write = write;
        _logger = logger;
        Socket listener = Listen(local);
        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _acceptor = new ClientAcceptor(listener, "vpn-metrics", MaxHead, Response("503 Service Unavailable", "text/plain", "too many clients; try again\n"), Serve, logger);
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Clients now.</summary>
    public int Clients => _acceptor.Clients;

    public void Start()
    {
        _acceptor.Start();
        StatusLogger.MetricsStarted(_logger, LocalEndPoint);
    }

    /// <summary>Closes all connections. Bounded.</summary>
    public void Dispose() => _acceptor.Dispose();

    private static Socket Listen(IPEndPoint local)
    {
        Socket listener = new(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(local);
            listener.Listen(Backlog);
            return listener;
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            throw new ConfigException($"metrics: the TCP address {local} can't be bound: {exception.Message}; choose another port");
        }
    }

    private static byte[] Response(string status, string type, string body, string more = "")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        return [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\n{more}Connection: close\r\n\r\n"), .. bytes];
    }

    private void Serve(ClientConnection client)
    {
        byte[]? answer = client.Read("\r\n\r\n"u8, RequestLimit, out ReadOnlySpan<byte> head) switch
        {
            ReadStatus.Done => Answer(Encoding.Latin1.GetString(head)),
            ReadStatus.TooLong => Response("431 Request Header Fields Too Large", "text/plain", $"the head is longer than {MaxHead} bytes\n"),
            _ => null,
        };
        if (answer is not null && client.TryWrite(answer, AnswerLimit))
        {
            client.EndWriting();
        }
    }

    private byte[] Answer(string head)
    {
        string[] words = head.Split('\r', 2)[0].Split(' ');
        if (words is not [string method, string target, "HTTP/1.1" or "HTTP/1.0"])
        {
            return Response("400 Bad Request", "text/plain", "no HTTP/1.1 request\n");
        }

        if (target.Split('?', 2)[0] != "/metrics")
        {
            return Response("404 Not Found", "text/plain", "only /metrics is here\n");
        }

        return method == "GET"
            ? Response("200 OK", PrometheusText.ContentType, _write())
            : Response("405 Method Not Allowed", "text/plain", "only GET is allowed\n", "Allow: GET\r\n");
    }
}
