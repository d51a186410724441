using System.Net;
using FifoVpn.Packets;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Rendezvous;

/// <summary>All log lines of a rendezvous server. Event ids are stable; nothing is logged per datagram, and what a client can repeat at will is limited.</summary>
internal static partial class RendezvousLogger
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message = "Rendezvous server on {Local}: at most {MaxNodes} nodes, keepalive {KeepaliveSeconds} s; relays: {Relays}")]
    internal static partial void Started(ILogger logger, IPEndPoint local, int maxNodes, double keepaliveSeconds, bool relays);

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "Rendezvous server stopped: {Registrations} registrations, {Introductions} introductions, {RelayedBytes} bytes relayed")]
    internal static partial void Stopped(ILogger logger, long registrations, long introductions, long relayedBytes);

    [LoggerMessage(EventId = 202, Level = LogLevel.Information, Message = "Node {Node} registered from {Remote}, with {LocalEndPoints} endpoints of its own side")]
    internal static partial void Registered(ILogger logger, string node, IPEndPoint remote, int localEndPoints);

    [LoggerMessage(EventId = 203, Level = LogLevel.Information, Message = "Node {Node} at {Remote} is gone: {End}; {Detail}")]
    internal static partial void Gone(ILogger logger, string node, IPEndPoint remote, NodeEnd end, string detail);

    [LoggerMessage(EventId = 204, Level = LogLevel.Information, Message = "Node {Node} is back from {Remote}; its association from {Older} is closed")]
    internal static partial void Replaced(ILogger logger, string node, IPEndPoint remote, IPEndPoint older);

    [LoggerMessage(EventId = 205, Level = LogLevel.Warning, Message = "Refused {Remote}: {Reason}")]
    internal static partial void Refused(ILogger logger, IPEndPoint remote, string reason);

    [LoggerMessage(EventId = 206, Level = LogLevel.Warning, Message = "Refused node {Node} at {Remote}: there are {MaxNodes} nodes already; {Count} refused so far")]
    internal static partial void TableFull(ILogger logger, string node, IPEndPoint remote, int maxNodes, long count);

    [LoggerMessage(EventId = 207, Level = LogLevel.Warning, Message = "Node {Node} at {Remote} does not get {Prefix}, though its certificate carries it: it is {Owner}'s")]
    internal static partial void AddressTaken(ILogger logger, string node, IPEndPoint remote, IpPrefix prefix, string owner);

    [LoggerMessage(EventId = 208, Level = LogLevel.Warning, Message = "Requests beyond a node's rate limit: {Count} so far, the last of {Node}")]
    internal static partial void RequestsLimited(ILogger logger, string node, long count);

    [LoggerMessage(EventId = 209, Level = LogLevel.Warning, Message = "Relayed datagrams dropped beyond a pair's rate limit: {Count} so far, the last from {Node} to {Target}")]
    internal static partial void RelayLimited(ILogger logger, string node, string target, long count);

    [LoggerMessage(EventId = 210, Level = LogLevel.Warning, Message = "Malformed messages: {Count} so far, the last of {Node}")]
    internal static partial void Malformed(ILogger logger, string node, long count);

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message = "Introduced without a relay, because one of them has all the channels that it may have: {Count} so far, the last {Node} and {Target}")]
    internal static partial void ChannelsFull(ILogger logger, string node, string target, long count);

    [LoggerMessage(EventId = 212, Level = LogLevel.Debug, Message = "Introduced {Node} at {Remote} and {Target} at {TargetRemote}")]
    internal static partial void Introduced(ILogger logger, string node, IPEndPoint remote, string target, IPEndPoint targetRemote);
}
