using System.Net.Sockets;

namespace FifoDtls;

/// <summary>One datagram per call, on any system.</summary>
internal sealed class PlainReceiver(UdpSocket socket, int maxDatagramSize) : DatagramReceiver(socket, slots: 1, Math.Min(maxDatagramSize + 1, DatagramPool.LargeSize))
{
    internal override int Receive()
    {
        while (!Socket.IsDisposed)
        {
            try
            {
                SetLength(0, Socket.ReceiveFrom(Slot(0), Source(0)));
                return Socket.IsDisposed ? 0 : 1;
            }
            catch (SocketException exception) when (!Socket.IsDisposed && UdpSocket.IsTransient(exception.SocketErrorCode))
            {
                // The next datagram counts.
            }
            catch (Exception exception) when (Socket.IsDisposed && exception is SocketException or ObjectDisposedException)
            {
                return 0;
            }
        }

        return 0;
    }
}
