using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FifoDtls;

/// <summary>What Linux tells of a socket's receive buffer (SO_MEMINFO, since 4.12).</summary>
internal readonly record struct SocketMemory(long ReceiveBuffer, long Drops)
{
    private const int SolSocket = 1;
    private const int SoMemInfo = 55;
    private const int ReceiveBufferIndex = 1; // SK_MEMINFO_RCVBUF
    private const int DropsIndex = 8; // SK_MEMINFO_DROPS

    /// <summary>Asks the system.</summary>
    /// <returns><see langword="false"/> when it does not tell, or the socket is disposed.</returns>
    internal static bool TryRead(Socket socket, out SocketMemory memory)
    {
        memory = default;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        Span<uint> values = stackalloc uint[DropsIndex + 1];
        try
        {
            if (socket.GetRawSocketOption(SolSocket, SoMemInfo, MemoryMarshal.AsBytes(values)) < values.Length * sizeof(uint))
            {
                return false;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }

        memory = new SocketMemory(values[ReceiveBufferIndex], values[DropsIndex]);
        return true;
    }
}
