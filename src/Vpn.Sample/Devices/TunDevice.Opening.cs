using System.Runtime.InteropServices;
using System.Text;
using FifoVpn.Interop;

namespace FifoVpn.Devices;

// How a device is made, and what is said when it can't be.
internal sealed partial class TunDevice
{
    /// <summary>Makes the link and sets its MTU; it has no address yet and is down: <see cref="LinkConfigurator"/> does the rest.</summary>
    /// <param name="name">1 to 15 bytes; a "%d" in it becomes the first free number.</param>
    /// <param name="mtu">68 to 65535; the kernel has the last word.</param>
    /// <param name="wanted">What to turn on, as far as the kernel has it: <see cref="Offloads"/> says what became of it.</param>
    /// <exception cref="DeviceException">The message says what is missing and how to get it.</exception>
    public static TunDevice Open(string name, int mtu, DeviceOffloads wanted = DeviceOffloads.All, string clonePath = DefaultClonePath)
    {
        CheckName(name);
        TunDevice? device;
        while ((device = TryOpen(name, mtu, wanted, clonePath)) is null)
        {
            wanted = DeviceOffloads.None;
        }

        return device;
    }

    /// <summary>
    /// Null when something is wanted and the kernel has nothing of it: then a device without the header in front of each packet is the better one.
    /// </summary>
    private static TunDevice? TryOpen(string name, int mtu, DeviceOffloads wanted, string clonePath)
    {
        SafeFileDescriptor tun = OpenClone(name, clonePath);
        SafeFileDescriptor? stop = null;
        try
        {
            bool header = wanted != DeviceOffloads.None;
            if (!Libc.AttachTun(tun, name, header, out string actualName))
            {
                int errno = Marshal.GetLastPInvokeError();
                if (header && errno == Errno.EINVAL)
                {
                    tun.Dispose();
                    return null;
                }

                throw AttachFailed(name, errno);
            }

            if ((header && !Libc.SetTunVirtioHeader(tun))
                || !TunOffloads.TryNegotiate(wanted, bits => Libc.SetTunOffloads(tun, bits), out DeviceOffloads offloads))
            {
                int errno = Marshal.GetLastPInvokeError();
                tun.Dispose();
                return header ? null : throw Refused(name, errno);
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

            return new TunDevice(tun, stop, actualName, mtu, offloads);
        }
        catch
        {
            tun.Dispose();
            stop?.Dispose();
            throw;
        }
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
