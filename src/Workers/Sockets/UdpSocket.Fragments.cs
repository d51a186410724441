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
            _socket.DontFragment = true;
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

        void Set(int level, int option)
        {
            int probe = LibC.MtuDiscoverProbe;
            _socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in probe)));
        }
    }
}
