using System.Net;
using System.Net.Sockets;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// The shared UDP socket: IPv4, IPv6 or both. One thread receives, by a <see cref="DatagramReceiver"/>; any thread sends.
/// </summary>
internal sealed partial class UdpSocket : IDisposable
{
    private const int SioUdpConnReset = unchecked((int)0x9800000C);

    private readonly Socket _socket;
    private readonly AddressFamily _family;
    private long _sendErrors;
    private long _kernelDrops; // as last told
    private volatile bool _disposed;

    /// <summary>Binds.</summary>
    /// <exception cref="SocketException">The address is in use, not ours, or not permitted.</exception>
    internal UdpSocket(IPEndPoint local, int receiveBufferSize, int sendBufferSize, bool dontFragment = false, bool trains = true)
    {
        _family = local.AddressFamily;
        _socket = new Socket(_family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            IsDualStack = _family == AddressFamily.InterNetworkV6 && local.Address.Equals(IPAddress.IPv6Any) && Socket.OSSupportsIPv4;
            if (_family == AddressFamily.InterNetworkV6)
            {
                _socket.DualMode = IsDualStack;
            }

            if (OperatingSystem.IsWindows())
            {
                _socket.IOControl(SioUdpConnReset, [0, 0, 0, 0], null); // else an ICMP answer to a send fails the next receive
            }

            _socket.ReceiveBufferSize = receiveBufferSize;
            _socket.SendBufferSize = sendBufferSize;
            AskForLocalAddresses(local.Address);
            if (dontFragment)
            {
                ForbidFragments();
            }

            if (trains)
            {
                AskForTrains();
            }

            _socket.Bind(local);
            LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>The address and port that it is bound to.</summary>
    internal IPEndPoint LocalEndPoint { get; }

    /// <summary>Whether IPv4 peers are reached through this IPv6 socket, as ::ffff:a.b.c.d.</summary>
    internal bool IsDualStack { get; }

    /// <summary>
    /// What the system granted for datagrams, in bytes. Linux keeps, and reports, twice of what was asked or what net.core.rmem_max allows: one half is for its own
    /// bookkeeping, and small datagrams need more than that.
    /// </summary>
    internal long UsableReceiveBufferSize => SocketMemory.TryRead(_socket, out SocketMemory memory) ? memory.ReceiveBuffer / 2 : _socket.ReceiveBufferSize;

    /// <summary>Datagrams that the system dropped because the receive buffer was full, as far as it tells.</summary>
    internal long KernelDrops
    {
        get
        {
            if (SocketMemory.TryRead(_socket, out SocketMemory memory))
            {
                Interlocked.Exchange(ref _kernelDrops, memory.Drops);
            }

            return Interlocked.Read(ref _kernelDrops);
        }
    }

    /// <summary>Datagrams that the system refused to send. To the peer they are lost datagrams.</summary>
    internal long SendErrors => Interlocked.Read(ref _sendErrors);

    internal bool IsDisposed => _disposed;

    internal AddressFamily AddressFamily => _family;

    /// <summary>For the calls that <see cref="Socket"/> does not offer; whoever makes one holds it for that long.</summary>
    internal SafeSocketHandle Handle => _socket.SafeHandle;

    /// <summary>How this system's datagrams are best received.</summary>
    /// <param name="maxDatagramSize">The largest datagram that is wanted, in bytes.</param>
    internal DatagramReceiver CreateReceiver(int maxDatagramSize) =>
        OperatingSystem.IsLinux() ? new BatchReceiver(this, maxDatagramSize) : new PlainReceiver(this, maxDatagramSize);

    internal int ReceiveFrom(Span<byte> buffer, SocketAddress source) => _socket.ReceiveFrom(buffer, SocketFlags.None, source);

    /// <summary>Sends one datagram, to a <see cref="PathAddress"/> from the local address that it names. A refusal of the system (no route, too large for the device, no buffers) is counted: the datagram is lost, as any may be.</summary>
    /// <exception cref="ObjectDisposedException">The socket is disposed.</exception>
    internal void Send(ReadOnlySpan<byte> datagram, SocketAddress destination)
    {
        try
        {
            if (OperatingSystem.IsLinux() && destination is PathAddress { Local.IsNone: false } path && TrySendFrom(path.Local, datagram, path))
            {
                return;
            }

            _socket.SendTo(datagram, SocketFlags.None, destination);
        }
        catch (SocketException)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Interlocked.Increment(ref _sendErrors);
        }
    }

    /// <summary>An address in the form that this socket sees it in, so that equal peers have equal keys.</summary>
    /// <exception cref="ArgumentException">The socket can't reach addresses of this family.</exception>
    internal SocketAddress ToSocketAddress(IPEndPoint remote)
    {
        if (IsDualStack && remote.AddressFamily == AddressFamily.InterNetwork)
        {
            return new IPEndPoint(remote.Address.MapToIPv6(), remote.Port).Serialize();
        }

        return remote.AddressFamily == _family
            ? remote.Serialize()
            : throw new ArgumentException($"{remote} can't be reached from a socket that is bound to {LocalEndPoint}.", nameof(remote));
    }

    /// <summary>The endpoint of a key, IPv4 addresses as such.</summary>
    internal static IPEndPoint ToEndPoint(SocketAddress address)
    {
        var template = new IPEndPoint(address.Family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        var endPoint = (IPEndPoint)template.Create(address);
        return endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
    }

    public void Dispose()
    {
        _ = KernelDrops; // for whoever asks later
        _disposed = true;
        if (OperatingSystem.IsLinux() && !_socket.SafeHandle.IsClosed)
        {
            _ = LibC.shutdown(_socket.SafeHandle, LibC.ShutdownBoth); // wakes a receiver; that the socket is not connected is no news
        }

        _socket.Dispose();
    }

    /// <summary>Whether an error is one that the next datagram does not share.</summary>
    internal static bool IsTransient(SocketError error) => error is
        SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.NetworkReset or SocketError.NetworkUnreachable
        or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown or SocketError.MessageSize
        or SocketError.NoBufferSpaceAvailable or SocketError.Interrupted or SocketError.TryAgain or SocketError.WouldBlock or SocketError.TimedOut;
}
