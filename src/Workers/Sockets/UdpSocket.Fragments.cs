using System.Net.Sockets;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

// Datagrams that no router may fragment.
internal sealed partial class UdpSocket
{
    private void ForbidFragments()
    {
        if (!OperatingSystem.IsLinux())
        {
            ForbidFragmentsElsewhere();
            return;
        }

        // Not Socket.DontFragment: that would make the kernel believe ICMP messages, which anybody can forge.
        if (_family == AddressFamily.InterNetwork || IsDualStack)
        {
            Set(LibC.IpLevel, LibC.IpMtuDiscover);
        }

        if (_family == AddressFamily.InterNetworkV6)
        {
            Set(LibC.Ipv6Level, LibC.Ipv6MtuDiscover);
        }

        void Set(int level, int option) => SetOption(level, option, LibC.MtuDiscoverProbe);
    }

    // Socket.DontFragment is for IPv4 sockets only. macOS has no such option for the IPv4 datagrams of an IPv6 socket.
    private void ForbidFragmentsElsewhere()
    {
        const int windowsDontFragment = 14; // IP_DONTFRAGMENT, IPV6_DONTFRAG
        const int macDontFragment = 62; // IPV6_DONTFRAG
        if (_family == AddressFamily.InterNetwork)
        {
            _socket.DontFragment = true;
            return;
        }

        SetOption((int)SocketOptionLevel.IPv6, OperatingSystem.IsWindows() ? windowsDontFragment : macDontFragment, 1);
        if (IsDualStack && OperatingSystem.IsWindows())
        {
            SetOption((int)SocketOptionLevel.IP, windowsDontFragment, 1);
        }
    }

    private void SetOption(int level, int option, int value) => _socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
}
