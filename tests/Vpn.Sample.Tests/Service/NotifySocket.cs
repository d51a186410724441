using System.Net.Sockets;
using System.Text;

namespace FifoVpn.Tests.Service;

/// <summary>The service manager's side of sd_notify: a Unix datagram socket that keeps what it was told.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = (int)ServiceProcess.Limit.TotalMilliseconds };

    /// <param name="address">A path, or @ and an abstract name: the value of NOTIFY_SOCKET.</param>
    public NotifySocket(string address)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address));
    }

    public string Address { get; }

    /// <summary>The next message.</summary>
    public string Receive()
    {
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
    }

    /// <summary>The next message that begins with this.</summary>
    public string WaitFor(string beginning)
    {
        while (true)
        {
            string message = Receive();
            if (message.StartsWith(beginning, StringComparison.Ordinal))
            {
                return message;
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
