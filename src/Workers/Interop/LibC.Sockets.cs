using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>Linux's libc: what <see cref="Socket"/> does not offer. <c>sys/socket.h</c>.</summary>
internal static unsafe partial class LibC
{
    /// <summary>Wait for one datagram, then take what is there.</summary>
    internal const int WaitForOne = 0x10000; // MSG_WAITFORONE

    /// <summary>Do not wait for room.</summary>
    internal const int DontWait = 0x40; // MSG_DONTWAIT

    internal const int ShutdownBoth = 2; // SHUT_RDWR

    private const string Name = "libc";

    /// <summary>
    /// Whether an errno of a receive is one that the next call does not share: EINTR, EAGAIN, ENOMEM, ENOBUFS, and what ICMP reports of a peer: EMSGSIZE, ENETDOWN, ENETUNREACH,
    /// ENETRESET, ECONNRESET, ETIMEDOUT, ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, EPROTO, ENOPROTOOPT, EACCES. Numbers as on all of .NET's Linux architectures.
    /// </summary>
    internal static bool IsTransient(int error) => error is 4 or 11 or 12 or 13 or 71 or 90 or 92 or 100 or 101 or 102 or 104 or 105 or 110 or 111 or 112 or 113;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int recvmmsg(SafeSocketHandle socket, MultiMessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int shutdown(SafeSocketHandle socket, int how);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        internal byte* Base;
        internal nuint Length;
    }

    /// <summary><c>struct msghdr</c>, as the kernel has it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        internal byte* Name;
        internal uint NameLength;
        internal IoVector* Vectors;
        internal nuint VectorCount;
        internal byte* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    /// <summary><c>struct mmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MultiMessageHeader
    {
        internal MessageHeader Header;
        internal uint Length;
    }
}
