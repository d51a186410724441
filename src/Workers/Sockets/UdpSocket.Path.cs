using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using FifoDtls.Interop;

namespace FifoDtls;

// On Linux, a socket on all addresses learns to which of them a datagram came, and answers from there.
internal sealed unsafe partial class UdpSocket
{
    /// <summary>Whether received datagrams tell the local address that they came to.</summary>
    internal bool TellsLocalAddress { get; private set; }

    private void AskForLocalAddresses(IPAddress bound)
    {
        if (OperatingSystem.IsLinux() && (bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any)))
        {
            (int level, int option) = _family == AddressFamily.InterNetwork ? (LibC.IpLevel, LibC.IpPacketInfo) : (LibC.Ipv6Level, LibC.Ipv6ReceivePacketInfo);
            int on = 1;
            _socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in on)));
            TellsLocalAddress = true;
        }
    }

    /// <summary>What a received datagram's control data says: the local address, IPv4 on an IPv6 socket being mapped there too, and the size of a train's datagrams (0: it is none).</summary>
    internal static void ReadControl(byte* control, nuint length, out LocalAddress local, out int segmentSize)
    {
        local = default;
        segmentSize = 0;
        while (length >= (nuint)sizeof(LibC.ControlHeader))
        {
            var header = (LibC.ControlHeader*)control;
            byte* data = control + sizeof(LibC.ControlHeader);
            if (header->Length < (nuint)sizeof(LibC.ControlHeader) || header->Length > length)
            {
                return;
            }

            nuint size = header->Length - (nuint)sizeof(LibC.ControlHeader);
            if (header->Level == LibC.UdpLevel && header->Type == LibC.UdpReceiveOffload && size >= sizeof(int))
            {
                segmentSize = Unsafe.ReadUnaligned<int>(data);
            }
            else if (ReadLocalAddress(*header, data, size) is { IsNone: false } told)
            {
                local = told;
            }

            nuint step = Math.Min(Align(header->Length), length);
            control += step;
            length -= step;
        }
    }

    private static LocalAddress ReadLocalAddress(in LibC.ControlHeader header, byte* data, nuint size)
    {
        if (header.Level == LibC.IpLevel && header.Type == LibC.IpPacketInfo && size >= (nuint)sizeof(LibC.PacketInfo4))
        {
            return new LocalAddress(Unsafe.ReadUnaligned<LibC.PacketInfo4>(data).Local, 0);
        }

        const int size6 = 16 + sizeof(int);
        const byte multicast = 0xFF; // no address to send from
        if (header.Level != LibC.Ipv6Level || header.Type != LibC.Ipv6PacketInfo || size < size6 || data[0] == multicast)
        {
            return default;
        }

        return new LocalAddress(Unsafe.ReadUnaligned<ulong>(data), Unsafe.ReadUnaligned<ulong>(data + sizeof(ulong)));
    }

    private static nuint Align(nuint length) => (length + (nuint)sizeof(nuint) - 1) & ~((nuint)sizeof(nuint) - 1);

    /// <returns><see langword="false"/> when the system refuses: the address may be gone.</returns>
    [SupportedOSPlatform("linux")]
    private bool TrySendFrom(LocalAddress local, ReadOnlySpan<byte> datagram, SocketAddress destination, int flags = 0)
    {
        byte* control = stackalloc byte[LibC.PacketInfoSize];
        fixed (byte* bytes = datagram)
        {
            fixed (byte* name = destination.Buffer.Span)
            {
                var vector = new LibC.IoVector { Base = bytes, Length = (nuint)datagram.Length };
                var message = new LibC.MessageHeader
                {
                    Name = name,
                    NameLength = (uint)destination.Size,
                    Vectors = &vector,
                    VectorCount = 1,
                    Control = local.IsNone ? null : control,
                    ControlLength = local.IsNone ? 0 : WriteLocalAddress(control, local),
                };
                return LibC.sendmsg(_socket.SafeHandle, &message, flags) >= 0;
            }
        }
    }

    private nuint WriteLocalAddress(byte* control, LocalAddress local)
    {
        var header = (LibC.ControlHeader*)control;
        byte* data = control + sizeof(LibC.ControlHeader);
        int size;
        if (_family == AddressFamily.InterNetwork)
        {
            *header = new LibC.ControlHeader { Level = LibC.IpLevel, Type = LibC.IpPacketInfo };
            Unsafe.WriteUnaligned(data, new LibC.PacketInfo4 { Local = (uint)local.High });
            size = sizeof(LibC.PacketInfo4);
        }
        else
        {
            // Without an interface: the destination's scope says it where it matters (RFC 4007 §6).
            *header = new LibC.ControlHeader { Level = LibC.Ipv6Level, Type = LibC.Ipv6PacketInfo };
            Unsafe.WriteUnaligned(data, new LibC.PacketInfo6 { LocalHigh = local.High, LocalLow = local.Low });
            size = 16 + sizeof(int); // the structure's own alignment is not C's
        }

        header->Length = (nuint)(sizeof(LibC.ControlHeader) + size);
        return Align(header->Length);
    }
}
