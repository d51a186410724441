using System.Runtime.InteropServices;

namespace FifoVpn.Interop;

/// <summary>Sockets, as far as netlink needs them (linux/netlink.h).</summary>
internal static partial class Libc
{
    private const int AddressFamilyNetlink = 16;
    private const int SocketRaw = 3;
    private const int NetlinkRoute = 0;
    private const int LevelNetlink = 270;
    private const int NetlinkCapAck = 10;
    private const int NetlinkExtAck = 11;

    /// <summary>Opens a rtnetlink socket in the network namespace of the calling thread; invalid with an error number on failure.</summary>
    public static SafeFileDescriptor OpenRouteSocket()
    {
        SafeFileDescriptor socket = new(Socket(AddressFamilyNetlink, SocketRaw | CloseOnExec, NetlinkRoute));
        if (!socket.IsInvalid)
        {
            // Error texts from the kernel, without a copy of the request before them. Kernels before 4.12 lack them: then there is no text.
            int on = 1;
            _ = SetSocketOption(socket, LevelNetlink, NetlinkCapAck, in on, sizeof(int));
            _ = SetSocketOption(socket, LevelNetlink, NetlinkExtAck, in on, sizeof(int));
        }

        return socket;
    }

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(SafeFileDescriptor socket, int level, int name, ref readonly int value, uint length);
}
