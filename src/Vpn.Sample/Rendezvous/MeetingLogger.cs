using System.Net;
using FifoVpn.Configuration;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Rendezvous;

/// <summary>The log messages of a node about its rendezvous servers. Event ids are stable.</summary>
internal static partial class MeetingLogger
{
    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "Registered with rendezvous server {Server} at {Remote}, which sees this node at {Public} and {Relays}")]
    internal static partial void Registered(ILogger logger, string server, IPEndPoint remote, IPEndPoint @public, string relays);

    [LoggerMessage(EventId = 121, Level = LogLevel.Warning, Message = "Lost rendezvous server {Server}: {Reason}")]
    internal static partial void Lost(ILogger logger, string server, string reason);

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message = "Calling rendezvous server {Server} at {Target} failed: {Reason}")]
    internal static partial void NotReached(ILogger logger, string server, PeerEndpoint target, string reason);
}
