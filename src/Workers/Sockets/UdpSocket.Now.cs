using System.Net;
using System.Net.Sockets;
using FifoDtls.Interop;

namespace FifoDtls;

// What the reader's thread sends must never wait for room in the send buffer, as sendto does on a blocking socket: all peers' datagrams wait behind it.
internal sealed partial class UdpSocket
{
    /// <summary>Sends like <see cref="Send"/>, but never waits: a datagram that finds the system's send buffer full is dropped and counted as a send error.</summary>
    /// <exception cref="ObjectDisposedException">The socket is disposed.</exception>
    internal void SendNow(ReadOnlySpan<byte> datagram, SocketAddress destination)
    {
        if (!OperatingSystem.IsLinux())
        {
            SendIfWritable(datagram, destination);
            return;
        }

        LocalAddress local = (destination as PathAddress)?.Local ?? default;
        bool sent = TrySendFrom(local, datagram, destination, LibC.DontWait)
            || (!local.IsNone && TrySendFrom(default, datagram, destination, LibC.DontWait)); // as Send does
        if (!sent)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Interlocked.Increment(ref _sendErrors);
        }
    }

    // Elsewhere there is no such flag for a single call. Another thread may take the room between the two calls, so that the second can wait, for as long as the device needs for a datagram.
    private void SendIfWritable(ReadOnlySpan<byte> datagram, SocketAddress destination)
    {
        if (_socket.Poll(0, SelectMode.SelectWrite))
        {
            Send(datagram, destination);
        }
        else
        {
            Interlocked.Increment(ref _sendErrors);
        }
    }
}
