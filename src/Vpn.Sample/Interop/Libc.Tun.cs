using System.Runtime.InteropServices;
using System.Text;

namespace FifoVpn.Interop;

/// <summary>The TUN driver's ioctls (linux/if_tun.h).</summary>
internal static partial class Libc
{
    /// <summary>IFNAMSIZ less the terminating zero.</summary>
    public const int MaxInterfaceNameBytes = 15;

    /// <summary>TUN_F_CSUM, without which there is none of the others.</summary>
    public const uint TunChecksum = 0x01;

    /// <summary>TUN_F_TSO4 | TUN_F_TSO6.</summary>
    public const uint TunTcpSegmentation = 0x06;

    /// <summary>TUN_F_USO4 | TUN_F_USO6.</summary>
    public const uint TunUdpSegmentation = 0x60;

    private const nuint TunSetInterface = 0x400454CA;
    private const nuint TunSetOffload = 0x400454D0;
    private const nuint TunSetVirtioHeaderSize = 0x400454D8;
    private const nuint TunSetVirtioLittleEndian = 0x400454DC;
    private const short TunMode = 0x0001;
    private const short NoPacketInformation = 0x1000;
    private const short WithVirtioHeader = 0x4000;
    private const int InterfaceRequestSize = 40;
    private const int FlagsOffset = 16;

    /// <summary>
    /// TUNSETIFF with IFF_TUN | IFF_NO_PI: makes or attaches to the TUN link of that name.
    /// False with an error number on failure; else <paramref name="actualName"/> is what the kernel called it.
    /// </summary>
    /// <param name="virtioHeader">IFF_VNET_HDR: a <see cref="VirtioHeader"/> stands before each packet.</param>
    public static unsafe bool AttachTun(SafeFileDescriptor tun, string name, bool virtioHeader, out string actualName)
    {
        Span<byte> request = stackalloc byte[InterfaceRequestSize];
        request.Clear();
        Encoding.UTF8.GetBytes(name, request[..MaxInterfaceNameBytes]);
        short flags = (short)(TunMode | NoPacketInformation | (virtioHeader ? WithVirtioHeader : 0));
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

    /// <summary>TUNSETVNETHDRSZ and TUNSETVNETLE: the header is a <see cref="VirtioHeader"/>, whatever somebody set before on a device that stayed.</summary>
    public static unsafe bool SetTunVirtioHeader(SafeFileDescriptor tun)
    {
        int size = VirtioHeader.SizeInBytes;
        int littleEndian = BitConverter.IsLittleEndian ? 1 : 0;
        return Ioctl(tun, TunSetVirtioHeaderSize, (byte*)&size) >= 0 && Ioctl(tun, TunSetVirtioLittleEndian, (byte*)&littleEndian) >= 0;
    }

    /// <summary>TUNSETOFFLOAD: what the kernel may leave to the reader.</summary>
    public static unsafe bool SetTunOffloads(SafeFileDescriptor tun, uint offloads) => Ioctl(tun, TunSetOffload, (byte*)offloads) >= 0;

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Ioctl(SafeFileDescriptor descriptor, nuint request, byte* argument);

    [LibraryImport(Library, EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint InterfaceIndex(string name);
}
