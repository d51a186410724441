using System.Net;
using System.Net.Security;
using FifoDtls;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Node;

/// <summary>All log messages of the node. Event ids are stable. Nothing is logged per packet.</summary>
internal static partial class VpnLogger
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "Device {Device}, MTU {Mtu}; listening on {Local}; {Peers} peers configured; offloads: {Offloads}")]
    internal static partial void Started(ILogger logger, string device, int mtu, IPEndPoint local, int peers, string offloads);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "Stopped; dropped at the device: {Drops}")]
    internal static partial void Stopped(ILogger logger, string drops);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "Connected to {Peer} at {Where} as {Role}, {CipherSuite}{Resumed}")]
    internal static partial void Connected(ILogger logger, string peer, string where, DtlsRole role, TlsCipherSuite cipherSuite, string resumed);

    [LoggerMessage(EventId = 103, Level = LogLevel.Information, Message = "Disconnected from {Peer} at {Where}, {Reason}; dropped so far: {Drops}")]
    internal static partial void Disconnected(ILogger logger, string peer, string where, string reason, string drops);

    [LoggerMessage(EventId = 104, Level = LogLevel.Warning, Message = "Refused {Where}: {Reason}")]
    internal static partial void Refused(ILogger logger, string where, string reason);

    [LoggerMessage(EventId = 105, Level = LogLevel.Warning, Message = "Calling {Peer} failed: {Reason}")]
    internal static partial void CallFailed(ILogger logger, string peer, string reason);

    [LoggerMessage(EventId = 106, Level = LogLevel.Error, Message = "Device {Device} failed: {Reason}")]
    internal static partial void DeviceFailed(ILogger logger, string device, string reason);

    [LoggerMessage(EventId = 107, Level = LogLevel.Warning, Message = "Threads were still at work {Seconds} s after the end")]
    internal static partial void ThreadsStillRunning(ILogger logger, double seconds);

    [LoggerMessage(EventId = 108, Level = LogLevel.Warning, Message = "{Warning}")]
    internal static partial void ConfigurationWarning(ILogger logger, string warning);

    [LoggerMessage(EventId = 109, Level = LogLevel.Information, Message = "Packets to {Peer} at {Where} may have {Size} bytes")]
    internal static partial void PathMtu(ILogger logger, string peer, string where, int size);

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "Found {Peer}, which has {Prefixes}")]
    internal static partial void Discovered(ILogger logger, string peer, string prefixes);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "{Peer} at {Where} says: {Text}")]
    internal static partial void PeerSaysBye(ILogger logger, string peer, string where, string text);
}
