using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Stress;

/// <summary>A socket at an address somewhere in 127.0.0.0/8, all of which is loopback: to the server each is another source.</summary>
internal static class FloodSource
{
    internal static Socket Open(Random random, IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(new IPAddress([127, (byte)random.Next(1, 255), (byte)random.Next(256), (byte)random.Next(1, 255)]), 0));
            socket.Connect(server);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
