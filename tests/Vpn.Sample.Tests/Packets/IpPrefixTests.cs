using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class IpPrefixTests
{
    [TestCase("10.88.0.0/24")]
    [TestCase("0.0.0.0/0")]
    [TestCase("10.88.0.1/32")]
    [TestCase("fd88::/64")]
    [TestCase("::/0")]
    [TestCase("fd88::1/128")]
    public void Parse_and_ToString_are_inverse(string text) => Assert.That(IpPrefix.Parse(text).ToString(), Is.EqualTo(text));

    [TestCase("10.88.0.1/24", "host bits set; write 10.88.0.0/24")]
    [TestCase("fd88::1/64", "host bits set; write fd88::/64")]
    [TestCase("10.88.0.1", "no prefix length; write 10.88.0.1/32")]
    [TestCase("fd88::1", "no prefix length; write fd88::1/128")]
    [TestCase("10.88.0.0/33", "for IPv4 it is 0 to 32")]
    [TestCase("fd88::/129", "for IPv6 it is 0 to 128")]
    [TestCase("10.88.0.0/", "no valid prefix length")]
    [TestCase("10.88.0.0/-1", "no valid prefix length")]
    [TestCase("10.88.0.0/024", "no valid prefix length")]
    [TestCase("10.88.0.0/24/8", "no valid prefix length")]
    [TestCase("net/24", "is not ADDRESS/LENGTH")]
    public void TryParse_says_what_is_wrong_and_what_to_write(string text, string expected)
    {
        bool parsed = IpPrefix.TryParse(text, out _, out string? error);

        Assert.That(parsed, Is.False);
        Assert.That(error, Does.StartWith($"\"{text}\"").And.Contains(expected));
    }

    [TestCase("10.88.0.0/24", "10.88.0.255", true)]
    [TestCase("10.88.0.0/24", "10.88.1.0", false)]
    [TestCase("0.0.0.0/0", "255.255.255.255", true)]
    [TestCase("0.0.0.0/0", "::1", false)]
    [TestCase("::/0", "0.0.0.0", false)]
    [TestCase("::/0", "ffff::", true)]
    [TestCase("10.88.0.1/32", "10.88.0.1", true)]
    [TestCase("10.88.0.1/32", "10.88.0.0", false)]
    [TestCase("fd88::/64", "fd88::ffff:0:0:1", true)]
    [TestCase("fd88::/64", "fd88:0:0:1::1", false)]
    public void Contains_looks_at_family_and_prefix(string prefix, string address, bool expected) =>
        Assert.That(IpPrefix.Parse(prefix).Contains(VpnAddress.Parse(address)), Is.EqualTo(expected));

    [Test]
    public void Interface_address_keeps_host_bits_and_knows_its_network()
    {
        InterfaceAddress address = InterfaceAddress.Parse("10.88.0.1/24");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(address.Address, Is.EqualTo(VpnAddress.Parse("10.88.0.1")));
            Assert.That(address.Network, Is.EqualTo(IpPrefix.Parse("10.88.0.0/24")));
            Assert.That(address.ToString(), Is.EqualTo("10.88.0.1/24"));
        }
    }

    [Test]
    public void Interface_address_needs_a_length() =>
        Assert.That(() => InterfaceAddress.Parse("10.88.0.1"), Throws.TypeOf<FormatException>().With.Message.Contains("no prefix length"));
}
