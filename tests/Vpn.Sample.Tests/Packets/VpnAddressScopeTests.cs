using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class VpnAddressScopeTests
{
    [TestCase("255.255.255.255", true)]
    [TestCase("255.255.255.254", false)]
    [TestCase("0.0.0.0", false)]
    [TestCase("::ffff:255.255.255.255", false)]
    [TestCase("::255.255.255.255", false)]
    public void IsLimitedBroadcast(string address, bool expected) =>
        Assert.That(VpnAddress.Parse(address).IsLimitedBroadcast, Is.EqualTo(expected));

    [TestCase("169.254.0.0", true)]
    [TestCase("169.254.255.255", true)]
    [TestCase("169.253.255.255", false)]
    [TestCase("169.255.0.0", false)]
    [TestCase("fe80::1", true)]
    [TestCase("febf:ffff::1", true)]
    [TestCase("fec0::1", false)]
    [TestCase("fe7f::1", false)]
    [TestCase("::a9fe:1", false)]
    public void IsLinkLocal(string address, bool expected) => Assert.That(VpnAddress.Parse(address).IsLinkLocal, Is.EqualTo(expected));

    [TestCase("10.88.0.255", "10.88.0.0/24", true)]
    [TestCase("10.88.0.254", "10.88.0.0/24", false)]
    [TestCase("10.88.0.0", "10.88.0.0/24", false)]
    [TestCase("10.88.1.255", "10.88.0.0/24", false)]
    [TestCase("10.88.1.255", "10.88.0.0/23", true)]
    [TestCase("10.88.0.3", "10.88.0.0/30", true)]
    [TestCase("10.88.0.1", "10.88.0.0/31", false)]
    [TestCase("10.88.0.1", "10.88.0.1/32", false)]
    [TestCase("255.255.255.255", "10.88.0.0/24", true)]
    [TestCase("255.255.255.255", "fd88::/64", true)]
    [TestCase("255.255.255.255", "0.0.0.0/0", true)]
    [TestCase("10.88.0.255", "0.0.0.0/0", false)]
    [TestCase("fd88::ffff:ffff:ffff:ffff", "fd88::/64", false)]
    public void IsBroadcastOf(string address, string network, bool expected) =>
        Assert.That(VpnAddress.Parse(address).IsBroadcastOf(IpPrefix.Parse(network)), Is.EqualTo(expected));

    [TestCase("224.0.0.1", true)]
    [TestCase("239.255.255.255", true)]
    [TestCase("223.255.255.255", false)]
    [TestCase("ff02::1", true)]
    [TestCase("fe80::1", false)]
    public void IsMulticast(string address, bool expected) => Assert.That(VpnAddress.Parse(address).IsMulticast, Is.EqualTo(expected));
}
