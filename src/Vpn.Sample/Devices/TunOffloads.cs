using FifoVpn.Interop;

namespace FifoVpn.Devices;

/// <summary>Which of the wanted offloads a kernel has: it takes or refuses a combination as a whole.</summary>
internal static class TunOffloads
{
    /// <summary>
    /// Tries what is wanted, then without UDP segmentation, then checksums alone. False when something is wanted and the kernel takes none of
    /// these, or nothing is wanted and it does not even take that.
    /// </summary>
    /// <param name="set">Gives the kernel the bits of TUNSETOFFLOAD; whether it took them.</param>
    public static bool TryNegotiate(DeviceOffloads wanted, Func<uint, bool> set, out DeviceOffloads offloads)
    {
        offloads = wanted == DeviceOffloads.None ? wanted : wanted | DeviceOffloads.Checksum; // the kernel has no segmentation without it
        ReadOnlySpan<DeviceOffloads> kept = [DeviceOffloads.All, ~DeviceOffloads.UdpSegmentation, DeviceOffloads.Checksum];
        DeviceOffloads refused = (DeviceOffloads)(-1);
        foreach (DeviceOffloads mask in kept)
        {
            DeviceOffloads attempt = offloads & mask;
            if (attempt == refused)
            {
                continue;
            }

            if (set(BitsOf(attempt)))
            {
                offloads = attempt;
                return true;
            }

            refused = attempt;
        }

        offloads = DeviceOffloads.None;
        return false;
    }

    private static uint BitsOf(DeviceOffloads offloads) =>
        ((offloads & DeviceOffloads.Checksum) != 0 ? Libc.TunChecksum : 0)
        | ((offloads & DeviceOffloads.TcpSegmentation) != 0 ? Libc.TunTcpSegmentation : 0)
        | ((offloads & DeviceOffloads.UdpSegmentation) != 0 ? Libc.TunUdpSegmentation : 0);
}
