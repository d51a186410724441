using System.Net;

namespace FifoDtls.Tests;

/// <summary>The endpoints that most tests need.</summary>
internal static class TestEndpoints
{
    /// <summary>A handshake deadline that is short, and yet longer than a first retransmission.</summary>
    internal static readonly TimeSpan ShortHandshake = TimeSpan.FromSeconds(2);

    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    internal static IPEndPoint Loopback => new(IPAddress.Loopback, 0);

    /// <summary>Echoes, and keeps no threads that have nothing to do, so that they can be counted.</summary>
    internal static DtlsEndpoint EchoServer(LogCapture? log = null, TimeSpan? handshakeTimeout = null, Action<DtlsPeer>? ended = null) => new(
        new DtlsEndpointOptions
        {
            LocalEndPoint = Loopback,
            ServerContext = TestContexts.Server,
            Session = Sessions.Echo,
            PeerEnded = ended,
            HandshakeTimeout = handshakeTimeout ?? Limit,
            MaxParkedThreads = 0,
        },
        log);

    internal static DtlsEndpoint Accepting(int backlog = 1_000, Action<DtlsPeer>? ended = null) => new(
        new DtlsEndpointOptions { LocalEndPoint = Loopback, ServerContext = TestContexts.Server, AcceptBacklog = backlog, PeerEnded = ended, MaxParkedThreads = 0 });

    internal static DtlsEndpoint Client(DtlsContext? context = null, TimeSpan? handshakeTimeout = null, IPEndPoint? local = null, LogCapture? log = null) => new(
        new DtlsEndpointOptions
        {
            LocalEndPoint = local ?? Loopback,
            ClientContext = context ?? TestContexts.Client,
            HandshakeTimeout = handshakeTimeout ?? Limit,
            MaxParkedThreads = 0,
        },
        log);

    /// <summary>Accepts and connects on one socket.</summary>
    internal static DtlsEndpoint Node(Action<DtlsPeer>? session = null, IPEndPoint? local = null) => new(
        new DtlsEndpointOptions
        {
            LocalEndPoint = local ?? Loopback,
            ServerContext = TestContexts.Node,
            ClientContext = TestContexts.Node,
            Session = session,
            MaxParkedThreads = 0,
        });
}
