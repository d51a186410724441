using System.Net;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Status;

/// <summary>All log messages of the status socket and the metrics. Event ids are stable. Nothing is logged per request.</summary>
internal static partial class StatusLogger
{
    [LoggerMessage(EventId = 180, Level = LogLevel.Information, Message = "Status at {Path}")]
    internal static partial void StatusStarted(ILogger logger, string path);

    [LoggerMessage(EventId = 181, Level = LogLevel.Information, Message = "Metrics at http://{Local}/metrics")]
    internal static partial void MetricsStarted(ILogger logger, IPEndPoint local);

    [LoggerMessage(EventId = 182, Level = LogLevel.Warning, Message = "{Server} can't take a connection: {Reason}")]
    internal static partial void AcceptFailed(ILogger logger, string server, string reason);

    [LoggerMessage(EventId = 183, Level = LogLevel.Error, Message = "{Server} has failed to serve a client")]
    internal static partial void ClientFailed(ILogger logger, Exception exception, string server);

    [LoggerMessage(EventId = 184, Level = LogLevel.Warning, Message = "{Server} has threads still at work {Seconds} s after its end")]
    internal static partial void ThreadsStillRunning(ILogger logger, string server, double seconds);
}
