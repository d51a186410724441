using FifoVpn.Devices;

namespace FifoVpn.Tests.Devices;

/// <summary>What is asked of kernels that have less.</summary>
internal sealed class TunNegotiationTests
{
    private const uint Checksum = 0x01;
    private const uint Tcp = 0x06;
    private const uint Udp = 0x60;

    [TestCase(DeviceOffloads.All, Checksum | Tcp | Udp, true, DeviceOffloads.All, 1)]
    [TestCase(DeviceOffloads.All, Checksum | Tcp, true, DeviceOffloads.Checksum | DeviceOffloads.TcpSegmentation, 2)] // before Linux 6.2
    [TestCase(DeviceOffloads.All, Checksum, true, DeviceOffloads.Checksum, 3)]
    [TestCase(DeviceOffloads.TcpSegmentation, Checksum | Tcp | Udp, true, DeviceOffloads.Checksum | DeviceOffloads.TcpSegmentation, 1)]
    [TestCase(DeviceOffloads.TcpSegmentation, Checksum, true, DeviceOffloads.Checksum, 2)]
    [TestCase(DeviceOffloads.Checksum, Checksum | Tcp | Udp, true, DeviceOffloads.Checksum, 1)]
    [TestCase(DeviceOffloads.All, 0u, false, DeviceOffloads.None, 3)]
    [TestCase(DeviceOffloads.None, 0u, true, DeviceOffloads.None, 1)]
    public void The_most_that_a_kernel_has_is_turned_on(DeviceOffloads wanted, uint has, bool expected, DeviceOffloads offloads, int attempts)
    {
        int made = 0;
        bool done = TunOffloads.TryNegotiate(
            wanted,
            bits =>
            {
                made++;
                return (bits & ~has) == 0;
            },
            out DeviceOffloads on);
        Assert.That((done, on, made), Is.EqualTo((expected, offloads, attempts)));
    }

    [Test]
    public void A_kernel_that_refuses_everything_gives_no_device_without_offloads_either() =>
        Assert.That(TunOffloads.TryNegotiate(DeviceOffloads.None, _ => false, out _), Is.False);
}
