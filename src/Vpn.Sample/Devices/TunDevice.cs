using System.Runtime.InteropServices;
using System.Text;
using FifoVpn.Interop;

namespace FifoVpn.Devices;

/// <summary>
/// A Linux TUN device (layer 3, no packet information header). The link lives in the network namespace of the thread that opened it and
/// vanishes with the device, unless somebody made it persistent before.
/// </summary>
internal sealed class TunDevice : IPacketDevice
{
    internal const string DefaultClonePath = "/dev/net/tun";

    private readonly SafeFileDescriptor _tun;
    private readonly SafeFileDescriptor _stop;
    private volatile bool _disposed;
    private long _writeErrors;

    private TunDevice(SafeFileDescriptor tun, SafeFileDescriptor stop, string name, int mtu)
    {
        _tun = tun;
        _stop = stop;
        Name = name;
        Mtu = mtu;
    }

    public string Name { get; }

    public int Mtu { get; }

    /// <summary>
    /// Packets that the kernel refused, for example because the link was down or the packet malformed, and those after Dispose.
    /// </summary>
    public long WriteErrors => Interlocked.Read(ref _writeErrors);

    /// <summary>Makes the link and sets its MTU; it has no address yet and is down: <see cref="LinkConfigurator"/> does the rest.</summary>
    /// <param name="name">1 to 15 bytes; a "%d" in it becomes the first free number.</param>
    /// <param name="mtu">68 to 65535; the kernel has the last word.</param>
    /// <exception cref="DeviceException">The message says what is missing and how to get it.</exception>
    public static TunDevice Open(string name, int mtu, string clonePath = DefaultClonePath)
    {
        CheckName(name);
        SafeFileDescriptor tun = OpenClone(name, clonePath);
        SafeFileDescriptor? stop = null;
        try
        {
            if (!Libc.AttachTun(tun, name, out string actualName))
            {
                throw AttachFailed(name, Marshal.GetLastPInvokeError());
            }

            stop = Libc.EventFd(Libc.CloseOnExec | Libc.NonBlocking);
            if (stop.IsInvalid)
            {
                throw Refused(name, Marshal.GetLastPInvokeError());
            }

            using (LinkConfigurator link = new(actualName))
            {
                link.SetMtu(mtu);
            }

            return new TunDevice(tun, stop, actualName, mtu);
        }
        catch
        {
            tun.Dispose();
            stop?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Read(Span<byte> packet)
    {
        if (packet.Length < Mtu)
        {
            throw new ArgumentException($"The buffer has {packet.Length} bytes, the MTU is {Mtu}.", nameof(packet));
        }

        try
        {
            while (!_disposed)
            {
                nint length = Libc.Read(_tun, packet);
                if (length > 0)
                {
                    return (int)length;
                }

                int errno = length < 0 ? Marshal.GetLastPInvokeError() : 0;
                if (errno is not (0 or Errno.EAGAIN or Errno.EINTR))
                {
                    throw new DeviceException(
                        DeviceFailure.Removed, $"reading from {Name} failed ({Errno.Describe(errno)}); was the link deleted?");
                }

                if (errno == Errno.EAGAIN && !Libc.WaitReadable(_tun, _stop) && Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    throw Refused(Name, Marshal.GetLastPInvokeError());
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Dispose came between the check and the call: the same outcome as one instruction earlier.
        }

        return 0;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> packet)
    {
        try
        {
            while (!_disposed)
            {
                if (Libc.Write(_tun, packet) >= 0)
                {
                    return;
                }

                if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    break;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // As in Read; counted below.
        }

        Interlocked.Increment(ref _writeErrors);
    }

    /// <summary>Ends a blocked Read. The link goes when the last call in progress has ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        ulong one = 1;
        _ = Libc.Write(_stop, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in one)));
        _tun.Dispose();
        _stop.Dispose();
    }

    private static void CheckName(string name)
    {
        int bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes is 0 or > Libc.MaxInterfaceNameBytes)
        {
            throw new DeviceException(
                DeviceFailure.InvalidName,
                $"device name \"{name}\" has {bytes} bytes; an interface name has 1 to {Libc.MaxInterfaceNameBytes}");
        }

        if (name is "." or ".." || name.AsSpan().ContainsAny("/: \t\n\0"))
        {
            throw new DeviceException(
                DeviceFailure.InvalidName, $"device name \"{name}\" is not allowed: no slash, colon or space, not . or ..");
        }
    }

    private static SafeFileDescriptor OpenClone(string name, string clonePath)
    {
        SafeFileDescriptor tun = Libc.Open(clonePath, Libc.ReadWrite | Libc.NonBlocking | Libc.CloseOnExec);
        if (!tun.IsInvalid)
        {
            return tun;
        }

        int errno = Marshal.GetLastPInvokeError();
        tun.Dispose();
        throw errno switch
        {
            Errno.ENOENT or Errno.ENODEV or Errno.ENXIO => new DeviceException(
                DeviceFailure.NotAvailable,
                $"cannot make TUN device {name}: there is no {clonePath}; load the driver with \"modprobe tun\","
                + " or give the container the device"),
            Errno.EACCES or Errno.EPERM => DeviceException.NoPrivilege($"cannot open {clonePath} for TUN device {name}"),
            _ => new DeviceException(DeviceFailure.NotAvailable, $"cannot open {clonePath} for TUN device {name}: {Errno.Describe(errno)}"),
        };
    }

    private static DeviceException AttachFailed(string name, int errno) => errno switch
    {
        Errno.EPERM or Errno.EACCES => DeviceException.NoPrivilege($"cannot make TUN device {name}"),
        Errno.EBUSY => new DeviceException(
            DeviceFailure.NameInUse, $"cannot make TUN device {name}: the name is in use by another program; choose another device name"),
        Errno.EINVAL => new DeviceException(
            DeviceFailure.NameInUse,
            $"cannot make TUN device {name}: a link of that name exists and is no free TUN device; choose another device name"),
        Errno.EBADFD or Errno.ENODEV or Errno.ENXIO => new DeviceException(
            DeviceFailure.NotAvailable, $"cannot make TUN device {name}: the clone device is no TUN driver"),
        _ => Refused(name, errno),
    };

    private static DeviceException Refused(string name, int errno) =>
        new(DeviceFailure.Refused, $"TUN device {name} failed: {Errno.Describe(errno)}");
}
