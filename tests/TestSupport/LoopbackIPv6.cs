using System.Net;
using System.Net.Sockets;

namespace FifoDtls.TestSupport;

/// <summary>Whether a UDP socket can be bound to <c>::1</c> here.</summary>
public static class LoopbackIPv6
{
    private static readonly Lazy<bool> Available = new(CanBind);

    /// <summary>True when it can; found out once.</summary>
    public static bool IsAvailable => Available.Value;

    private static bool CanBind()
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
