using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>Many datagrams in one call: <c>linux/udp.h</c>.</summary>
internal static unsafe partial class LibC
{
    internal const int UdpLevel = 17; // SOL_UDP

    /// <summary>Sending: the kernel, or the device, cuts one buffer into datagrams of this size (UDP_SEGMENT).</summary>
    internal const int UdpSegment = 103;

    /// <summary>Receiving: datagrams of one size from one source may come as one buffer (UDP_GRO).</summary>
    internal const int UdpReceiveOffload = 104;

    internal const int InputOutputError = 5; // EIO
    internal const int InvalidArgument = 22; // EINVAL
    internal const int MessageTooLong = 90; // EMSGSIZE

    /// <summary>Room for a 16-bit or 32-bit number as control data: header, data and alignment.</summary>
    internal const int NumberControlSize = 24;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int setsockopt(SafeHandle socket, int level, int option, void* value, uint size);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int sendmmsg(SafeSocketHandle socket, MultiMessageHeader* messages, uint count, int flags);
}
