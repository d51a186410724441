using System.Net;

namespace FifoDtls;

/// <summary>Settings and limits of a <see cref="DtlsEndpoint"/>.</summary>
public sealed partial class DtlsEndpointOptions
{
    /// <summary>
    /// The address and port to bind. <see cref="IPAddress.IPv6Any"/> serves IPv4 too. Port 0 takes a free one. Default: <see langword="null"/>: all addresses
    /// of IPv6 and IPv4 (or of IPv4 alone where there is no IPv6) and a free port.
    /// </summary>
    public IPEndPoint? LocalEndPoint { get; init; }

    /// <summary>What to accept associations with; to be disposed after the endpoint. Default: <see langword="null"/>: none are accepted.</summary>
    public DtlsContext? ServerContext { get; init; }

    /// <summary>What to connect with; to be disposed after the endpoint. Default: <see langword="null"/>: this endpoint does not connect.</summary>
    public DtlsContext? ClientContext { get; init; }

    /// <summary>
    /// The session of an accepted peer: blocking code that runs on the peer's own thread once the peer has been verified; the association is closed when it returns.
    /// Default: <see langword="null"/>: accepted peers wait for <see cref="DtlsEndpoint.Accept"/>.
    /// </summary>
    public Action<DtlsPeer>? Session { get; init; }

    /// <summary>
    /// Called when a peer has ended, however it did, on the thread that ended it; <see cref="DtlsPeer.End"/> and <see cref="DtlsPeer.Failure"/> say how. Must not block. Default: none.
    /// </summary>
    public Action<DtlsPeer>? PeerEnded { get; init; }

    /// <summary>The most peers at a time, those in handshake included; ClientHellos beyond are dropped and counted. 1 to 1,000,000. Default: 20,000.</summary>
    public int MaxPeers { get; init; } = 20_000;

    /// <summary>The most accepted handshakes in progress at a time; ClientHellos beyond are dropped and counted, and their senders try again. 1 to 1,000,000. Default: 1,000.</summary>
    public int MaxHandshakes { get; init; } = 1_000;

    /// <summary>How many established peers may wait for <see cref="DtlsEndpoint.Accept"/>; those beyond are closed. 1 to 1,000,000. Default: 1,000.</summary>
    public int AcceptBacklog { get; init; } = 1_000;

    /// <summary>The overall deadline of a handshake. More than zero. Default: 30 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How old a cookie key gets before it is replaced; the previous one stays valid for as long again. At least 1 second. Default: 60 seconds.</summary>
    public TimeSpan CookieRotation { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long <see cref="DtlsEndpoint.Dispose"/> waits for the peers' threads. Default: 5 seconds.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many datagrams each peer's FIFO holds; those beyond are dropped and counted. 1 to 1,048,576. Default: 256.</summary>
    public int FifoCapacity { get; init; } = 256;

    /// <summary>The largest UDP payload, in bytes, that is sent: the MTU of the path less the headers of IP and UDP. 256 to 65,507. Default: 1,400.</summary>
    public int MaxDatagramSize { get; init; } = 1_400;

    /// <summary>The largest UDP payload, in bytes, that is accepted; larger ones are dropped and counted. 256 to 65,507. Default: 18,445, one record of the largest size (RFC 6347 §4.1).</summary>
    public int MaxReceiveSize { get; init; } = new FifoTransportOptions().MaxReceiveSize;

    /// <summary>The socket's receive and send buffer, in bytes, as asked of the system, which may grant less. 4,096 or more. Default: 4 MiB.</summary>
    public int SocketBufferSize { get; init; } = 4 << 20;

    /// <summary>The stack of a peer's thread, in bytes. 128 KiB to 64 MiB; .NET on Linux gives no less than 256 KiB. Default: 256 KiB.</summary>
    public int WorkerStackSize { get; init; } = 256 << 10;

    /// <summary>How many threads of finished peers are kept for the next ones. 0 to 10,000. Default: 64.</summary>
    public int MaxParkedThreads { get; init; } = 64;

    internal void Validate()
    {
        Require(MaxPeers, 1, 1_000_000, nameof(MaxPeers));
        Require(MaxHandshakes, 1, 1_000_000, nameof(MaxHandshakes));
        Require(AcceptBacklog, 1, 1_000_000, nameof(AcceptBacklog));
        Require(FifoCapacity, 1, 1 << 20, nameof(FifoCapacity));
        Require(MaxDatagramSize, DtlsConnection.MinDatagramSize, 65_507, nameof(MaxDatagramSize));
        Require(MaxReceiveSize, DtlsConnection.MinDatagramSize, 65_507, nameof(MaxReceiveSize));
        Require(SocketBufferSize, 4_096, int.MaxValue, nameof(SocketBufferSize));
        Require(WorkerStackSize, 128 << 10, 64 << 20, nameof(WorkerStackSize));
        Require(MaxParkedThreads, 0, 10_000, nameof(MaxParkedThreads));
        Require(CookieRotation, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(CookieRotation));
        Require(ShutdownTimeout, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(ShutdownTimeout));
        RequireHandshakeTimeout(HandshakeTimeout);
        DtlsConnectionOptions.RequireHandshakeDatagramSize(MaxHandshakeDatagramSize);
        ValidateAdmission();
        ValidateLife();
        if (ServerContext is null && ClientContext is null)
        {
            throw new ArgumentException($"An endpoint needs {nameof(ServerContext)} to accept, {nameof(ClientContext)} to connect, or both.");
        }

        ServerContext?.RequireUsableFor(DtlsRole.Server);
        ClientContext?.RequireUsableFor(DtlsRole.Client);
    }

    internal static void RequireHandshakeTimeout(TimeSpan timeout) =>
        Require(timeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1), nameof(HandshakeTimeout));

    private static void Require<T>(T value, T min, T max, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {min} to {max}.");
        }
    }
}
