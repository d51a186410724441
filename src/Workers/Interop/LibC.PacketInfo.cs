using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>The local address of a datagram, as control data: <c>netinet/in.h</c>, RFC 3542 §6.</summary>
internal static unsafe partial class LibC
{
    internal const int IpMtuDiscover = 10; // IP_MTU_DISCOVER
    internal const int Ipv6MtuDiscover = 23; // IPV6_MTU_DISCOVER

    /// <summary>Forbid fragments, and send whatever the interface takes (IP_PMTUDISC_PROBE, the same number for IPv6).</summary>
    internal const int MtuDiscoverProbe = 3;

    internal const int IpLevel = 0; // IPPROTO_IP
    internal const int IpPacketInfo = 8; // IP_PKTINFO
    internal const int Ipv6Level = 41; // IPPROTO_IPV6
    internal const int Ipv6ReceivePacketInfo = 49; // IPV6_RECVPKTINFO
    internal const int Ipv6PacketInfo = 50; // IPV6_PKTINFO

    /// <summary>Room for one of either family: header, data and alignment.</summary>
    internal const int PacketInfoSize = 48;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint sendmsg(SafeSocketHandle socket, MessageHeader* message, int flags);

    /// <summary><c>struct cmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ControlHeader
    {
        internal nuint Length;
        internal int Level;
        internal int Type;
    }

    /// <summary><c>struct in_pktinfo</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PacketInfo4
    {
        internal int Interface;
        internal uint Local; // ipi_spec_dst: what a reply should come from
        internal uint Destination;
    }

    /// <summary><c>struct in6_pktinfo</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PacketInfo6
    {
        internal ulong LocalHigh;
        internal ulong LocalLow;
        internal uint Interface;
    }
}
