using System.Runtime.InteropServices;
using System.Text;

namespace FifoVpn.Interop;

/// <summary>The TUN driver's ioctl (linux/if_tun.h).</summary>
internal static partial class Libc
{
    /// <summary>IFNAMSIZ less the terminating zero.</summary>
    public const int MaxInterfaceNameBytes = 15;

    private const nuint TunSetInterface = 0x400454CA;
    private const short TunMode = 0x0001;
    private const short NoPacketInformation = 0x1000;
    private const int InterfaceRequestSize = 40;
    private const int FlagsOffset = 16;

    /// <summary>
    /// TUNSETIFF with IFF_TUN | IFF_NO_PI: makes or attaches to the TUN link of that name.
    /// False with an error number on failure; else <paramref name="actualName"/> is what the kernel called it.
    /// </summary>
    public static unsafe bool AttachTun(SafeFileDescriptor tun, string name, out string actualName)
    {
        Span<byte> request = stackalloc byte[InterfaceRequestSize];
        request.Clear();
        Encoding.UTF8.GetBytes(name, request[..MaxInterfaceNameBytes]);
        short flags = TunMode | NoPacketInformation;
        MemoryMarshal.Write(request[FlagsOffset..], flags);
        fixed (byte* pointer = request)
        {
            if (Ioctl(tun, TunSetInterface, pointer) < 0)
            {
                actualName = name;
                return false;
            }
        }

        actualName = Encoding.UTF8.GetString(request[..request.IndexOf((byte)0)]);
        return true;
    }

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Ioctl(SafeFileDescriptor descriptor, nuint request, byte* argument);

    [LibraryImport(Library, EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint InterfaceIndex(string name);
}
