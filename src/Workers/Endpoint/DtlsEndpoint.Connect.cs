using System.Net;
using System.Net.Sockets;

namespace FifoDtls;

public sealed partial class DtlsEndpoint
{
    /// <summary>Connects to a peer and waits until the handshake is done. The peer is the caller's, to use on its own threads and to dispose.</summary>
    /// <param name="remote">The peer's address and port.</param>
    /// <param name="options">What is particular to this association; the defaults when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Gives the attempt up with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The established peer. When the peer connects to this side at the same moment, one association comes of it, and both Connects return it.</returns>
    /// <exception cref="TimeoutException">The handshake was not finished in time.</exception>
    /// <exception cref="DtlsCertificateException">The peer's certificate was refused.</exception>
    /// <exception cref="DtlsException">The handshake failed otherwise; the type says how.</exception>
    /// <exception cref="DtlsPeerExistsException">There is a peer at this address already.</exception>
    /// <exception cref="ArgumentException">The socket can't reach an address of this family, or <see cref="DtlsConnectOptions.ServerName"/> is no host name.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="DtlsEndpointOptions.ClientContext"/>, or the endpoint is full.</exception>
    /// <exception cref="ObjectDisposedException">The endpoint is disposed.</exception>
    public DtlsPeer Connect(IPEndPoint remote, DtlsConnectOptions? options = null, CancellationToken cancellationToken = default)
    {
        DtlsPeer peer = BeginConnect(remote, options ?? new DtlsConnectOptions(), session: null);
        peer.WaitUntilEstablished(cancellationToken);
        return peer;
    }

    /// <summary>
    /// Connects to a host by name: its addresses are tried in the resolver's order within one deadline, and its certificate must carry the name.
    /// See <see cref="Connect(IPEndPoint, DtlsConnectOptions?, CancellationToken)"/>.
    /// </summary>
    /// <param name="host">A host name, converted to A-labels where it is not ASCII, or an IP address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="options">What is particular to this association; <see cref="DtlsConnectOptions.ServerName"/> is <paramref name="host"/> unless it is set.</param>
    /// <param name="cancellationToken">Gives the attempt up with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SocketException">The name can't be resolved, or to no address that this socket reaches.</exception>
    /// <exception cref="ArgumentException">The name is not ASCII and no host name: it has no form in A-labels.</exception>
    public DtlsPeer Connect(string host, int port, DtlsConnectOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        IPAddress[] addresses = [.. Dns.GetHostAddresses(DtlsConnectionOptions.ToAscii(host)!).Where(Reaches)];
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.AddressFamilyNotSupported);
        }

        var each = new DtlsConnectOptions
        {
            ServerName = options?.ServerName ?? host,
            MaxDatagramSize = options?.MaxDatagramSize,
            Session = options?.Session,
            HandshakeTimeout = (options?.HandshakeTimeout ?? Options.HandshakeTimeout) / addresses.Length,
        };
        for (int i = 0; ; i++)
        {
            try
            {
                return Connect(new IPEndPoint(addresses[i], port), each, cancellationToken);
            }
            catch (TimeoutException) when (i < addresses.Length - 1)
            {
                // No answer at this address; the next one has its share of the time.
            }
        }
    }

    /// <summary>
    /// Connects to a peer and returns at once: the handshake, and then the session, run on the peer's own thread. A failure is told to
    /// <see cref="DtlsEndpointOptions.PeerEnded"/>.
    /// </summary>
    /// <param name="remote">The peer's address and port.</param>
    /// <param name="session">Blocking code that runs once the peer has been verified; the association is closed when it returns.</param>
    /// <param name="options">What is particular to this association; the defaults when <see langword="null"/>.</param>
    /// <exception cref="DtlsPeerExistsException">There is a peer at this address already.</exception>
    /// <exception cref="ArgumentException">The socket can't reach an address of this family, or <see cref="DtlsConnectOptions.ServerName"/> is no host name.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="DtlsEndpointOptions.ClientContext"/>, or the endpoint is full.</exception>
    /// <exception cref="ObjectDisposedException">The endpoint is disposed.</exception>
    public DtlsPeer Connect(IPEndPoint remote, Action<DtlsPeer> session, DtlsConnectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        return BeginConnect(remote, options ?? new DtlsConnectOptions(), session);
    }

    private DtlsPeer BeginConnect(IPEndPoint remote, DtlsConnectOptions options, Action<DtlsPeer>? session)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (Options.ClientContext is null)
        {
            throw new InvalidOperationException($"To connect, set {nameof(DtlsEndpointOptions)}.{nameof(DtlsEndpointOptions.ClientContext)}.");
        }

        if (options.HandshakeTimeout is { } timeout)
        {
            DtlsEndpointOptions.RequireHandshakeTimeout(timeout);
        }

        options.Validate();
        SocketAddress address = _socket.ToSocketAddress(remote);
        PeerExchange exchange = CreateExchange(DtlsRole.Client, address, clientRandom: null, CookieKeys.Unordered, options.MaxDatagramSize, options.Session is not null);
        var peer = new DtlsPeer(this, address, exchange, options, session);
        switch (CountOpen(_peers.TryAdd(peer, out DtlsPeer? existing)))
        {
            case PeerAddition.Added:
                if (_workers.TryRun(peer.Work, peer.EndWithoutThread))
                {
                    return peer;
                }

                peer.Abandon();
                ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
                throw new InvalidOperationException("The system gives this process no more threads.");
            case PeerAddition.Exists:
                throw new DtlsPeerExistsException(existing!);
            case PeerAddition.Full:
                throw new InvalidOperationException($"The endpoint has {Options.MaxPeers} peers, its limit.");
            default:
                throw new ObjectDisposedException(GetType().FullName);
        }
    }

    private bool Reaches(IPAddress address) => _socket.IsDualStack || address.AddressFamily == LocalEndPoint.AddressFamily;
}
