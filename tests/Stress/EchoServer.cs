using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace FifoDtls.Stress;

/// <summary>The <c>echo</c> command: an endpoint whose session delegate sends each payload back.</summary>
internal sealed partial class EchoServer
{
    private const int MaxPayloadSize = 16_384; // of a record, RFC 5246 §6.2.1

    private static readonly TimeSpan StatisticsInterval = TimeSpan.FromSeconds(1);

    private readonly EchoSettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;

    private EchoServer(EchoSettings settings, ILoggerFactory loggers)
    {
        _settings = settings;
        _loggers = loggers;
        _logger = loggers.CreateLogger<EchoServer>();
    }

    /// <summary>Serves until the duration is over or a signal comes.</summary>
    internal static void Run(EchoSettings settings)
    {
        using var signals = new TerminationSignals();
        using ILoggerFactory loggers = StandardError.CreateLogger(settings.LogLevel);
        var server = new EchoServer(settings, loggers);
        using DtlsContext context = server.CreateContext();
        using DtlsEndpoint endpoint = server.Bind(context);
        Console.Error.WriteLine($"listening {endpoint.LocalEndPoint}");
        server.WaitForEnd(endpoint, signals.Received);
        endpoint.Dispose();
        server.PrintStatistics(endpoint);
    }

    private DtlsContext CreateContext()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromPemFiles(_settings.Certificate, _settings.Key);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            ClientCertificates = _settings.ClientAuthority is null ? DtlsClientCertificates.None : DtlsClientCertificates.Required,
            TrustAnchors = _settings.ClientAuthority is { } path ? [.. DtlsCredentials.ReadCertificates(path)] : [],
        });
    }

    private DtlsEndpoint Bind(DtlsContext context)
    {
        try
        {
            return new DtlsEndpoint(
                new DtlsEndpointOptions { LocalEndPoint = _settings.Listen.ToEndPoint(), ServerContext = context, Session = Echo }, _loggers);
        }
        catch (SocketException exception)
        {
            throw new CommandFailure(ExitCode.Network, $"{_settings.Listen} can't be bound: {exception.Message}", exception);
        }
    }

    private void Echo(DtlsPeer peer)
    {
        byte[] buffer = new byte[MaxPayloadSize];
        int limit = peer.Negotiated!.MaxPayloadSize;
        bool told = false;
        for (DtlsReceiveResult received = peer.Receive(buffer); received.HasData; received = peer.Receive(buffer))
        {
            if (received.Length <= limit)
            {
                peer.Send(buffer.AsSpan(0, received.Length));
            }
            else if (!told)
            {
                told = true;
                TooLarge(_logger, peer.RemoteEndPoint, received.Length, limit);
            }
        }
    }

    private void WaitForEnd(DtlsEndpoint endpoint, CancellationToken signalled)
    {
        long end = _settings.Duration is { } duration ? Environment.TickCount64 + (long)duration.TotalMilliseconds : long.MaxValue;
        while (!signalled.IsCancellationRequested && end - Environment.TickCount64 is > 0 and long left)
        {
            signalled.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Min(left, StatisticsInterval.TotalMilliseconds)));
            PrintStatistics(endpoint);
        }
    }

    private void PrintStatistics(DtlsEndpoint endpoint)
    {
        if (_settings.PrintStatistics)
        {
            Console.Error.WriteLine(endpoint.Statistics);
        }
    }

    [LoggerMessage(EventId = 100, Level = LogLevel.Warning, Message = "Peer {Remote}: a payload of {Size} bytes is not sent back, nor others of more than {Limit} bytes")]
    private static partial void TooLarge(ILogger logger, IPEndPoint remote, int size, int limit);
}
