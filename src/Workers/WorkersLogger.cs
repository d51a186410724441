using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace FifoDtls;

/// <summary>All log messages of FifoDtls.Workers. Event ids are stable. Nothing is logged per datagram.</summary>
internal static partial class WorkersLogger
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Listening on {LocalEndPoint}; socket receive buffer {ReceiveBuffer} bytes of {Wanted} wanted; segmentation offload: sending {SendsSegments}, receiving {ReceivesSegments}")]
    internal static partial void Listening(ILogger logger, IPEndPoint localEndPoint, long receiveBuffer, int wanted, bool sendsSegments, bool receivesSegments);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Closed {LocalEndPoint}")]
    internal static partial void Closed(ILogger logger, IPEndPoint localEndPoint);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "The reader of {LocalEndPoint} failed; no datagram will be received any more")]
    internal static partial void ReaderFailed(ILogger logger, IPEndPoint localEndPoint, Exception exception);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "{LocalEndPoint} was closed while {Threads} peer threads were still at work after {Seconds} s")]
    internal static partial void SessionsStillRunning(ILogger logger, IPEndPoint localEndPoint, int threads, double seconds);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "No thread could be started for a peer; {Threads} are running")]
    internal static partial void ThreadNotStarted(ILogger logger, int threads, Exception exception);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "The reader of {LocalEndPoint} could not deal with a datagram, which is lost")]
    internal static partial void DatagramFailed(ILogger logger, IPEndPoint localEndPoint, Exception exception);

    [LoggerMessage(EventId = 10, Level = LogLevel.Information, Message = "Peer {Remote}: established as {Role}, {Version}, {CipherSuite}, peer certificate {Subject}")]
    internal static partial void Established(ILogger logger, IPEndPoint remote, DtlsRole role, DtlsVersion version, TlsCipherSuite cipherSuite, string subject);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information, Message = "Peer {Remote}: ended, {End}: {Detail}; {Received} payloads received, {Sent} sent, {Invalid} datagrams invalid, {Dropped} dropped at the FIFO")]
    internal static partial void Ended(ILogger logger, IPEndPoint remote, DtlsPeerEnd end, string detail, long received, long sent, long invalid, long dropped);

    [LoggerMessage(EventId = 12, Level = LogLevel.Warning, Message = "Peer {Remote}: no association as {Role}, {End}: {Detail}")]
    internal static partial void HandshakeFailed(ILogger logger, IPEndPoint remote, DtlsRole role, DtlsPeerEnd end, string detail);

    [LoggerMessage(EventId = 13, Level = LogLevel.Error, Message = "Peer {Remote}: {Callback} threw")]
    internal static partial void CallbackFailed(ILogger logger, IPEndPoint remote, string callback, Exception exception);

    [LoggerMessage(EventId = 20, Level = LogLevel.Warning, Message = "Dropped datagrams: {Reason}; {Count} so far, the last from {Source}")]
    internal static partial void Dropped(ILogger logger, string reason, long count, IPEndPoint source);
}
