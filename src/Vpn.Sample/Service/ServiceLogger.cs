using FifoVpn.Packets;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Service;

/// <summary>All log messages of the service around a node. Event ids are stable.</summary>
internal static partial class ServiceLogger
{
    [LoggerMessage(EventId = 400, Level = LogLevel.Debug, Message = "Route to {Prefix} of {Peer} set")]
    internal static partial void RouteAdded(ILogger logger, IpPrefix prefix, string peer);

    [LoggerMessage(EventId = 401, Level = LogLevel.Debug, Message = "Route to {Prefix} of {Peer} removed")]
    internal static partial void RouteRemoved(ILogger logger, IpPrefix prefix, string peer);

    [LoggerMessage(EventId = 402, Level = LogLevel.Warning, Message = "The route to {Prefix} of {Peer} could not be set: {Reason}")]
    internal static partial void RouteNotAdded(ILogger logger, IpPrefix prefix, string peer, string reason);

    [LoggerMessage(EventId = 403, Level = LogLevel.Warning, Message = "The route to {Prefix} of {Peer} could not be removed: {Reason}")]
    internal static partial void RouteNotRemoved(ILogger logger, IpPrefix prefix, string peer, string reason);

    [LoggerMessage(EventId = 404, Level = LogLevel.Information, Message = "Stopping")]
    internal static partial void Stopping(ILogger logger);

    [LoggerMessage(EventId = 405, Message = "hooks.{Hook}: {Line}")]
    internal static partial void HookOutput(ILogger logger, LogLevel level, string hook, string line);

    [LoggerMessage(EventId = 406, Level = LogLevel.Error, Message = "{Failure}")]
    internal static partial void HookFailed(ILogger logger, string failure);

    [LoggerMessage(EventId = 407, Level = LogLevel.Warning, Message = "hooks.{Hook} has ended, but something that it has started holds its output")]
    internal static partial void HookLeftOutputOpen(ILogger logger, string hook);

    [LoggerMessage(EventId = 410, Level = LogLevel.Information, Message = "Configuration reloaded: {Peers} peers configured")]
    internal static partial void Reloaded(ILogger logger, int peers);

    [LoggerMessage(EventId = 411, Level = LogLevel.Error, Message = "The configuration was not reloaded, all stays as it was: {Reason}")]
    internal static partial void NotReloaded(ILogger logger, string reason);

    [LoggerMessage(EventId = 412, Level = LogLevel.Warning, Message = "Restart the node for these keys, which have changed: {Keys}")]
    internal static partial void RestartNeeded(ILogger logger, string keys);

    [LoggerMessage(EventId = 413, Level = LogLevel.Information, Message = "{Lists} newer revocation lists are in use; {Ended} associations were ended")]
    internal static partial void RevocationListsUpdated(ILogger logger, int lists, int ended);

    [LoggerMessage(EventId = 414, Level = LogLevel.Error, Message = "The revocation lists that have changed are not used, the former ones stay: {Reason}")]
    internal static partial void RevocationListsNotUpdated(ILogger logger, string reason);

    [LoggerMessage(EventId = 415, Level = LogLevel.Information, Message = "Configuration reloaded")]
    internal static partial void ServerReloaded(ILogger logger);

    [LoggerMessage(EventId = 420, Level = LogLevel.Warning, Message = "The service manager can't be told: {Reason}")]
    internal static partial void ManagerNotReached(ILogger logger, string reason);

    [LoggerMessage(EventId = 421, Level = LogLevel.Critical, Message = "A thread of the node has ended; the service manager's watchdog gets no more signs of life")]
    internal static partial void ThreadEnded(ILogger logger);

    [LoggerMessage(EventId = 430, Level = LogLevel.Warning, Message = "There is no fifovpn status here: {Reason}")]
    internal static partial void NoStatusSocket(ILogger logger, string reason);
}
