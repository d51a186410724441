using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Interop.Tests;

/// <summary>A port for servers that do not tell which one they took when they are given port 0.</summary>
internal static class UdpPort
{
    internal static int FindFree()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
