using System.Net;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class VpnAddressTests
{
    [TestCase("10.88.0.1")]
    [TestCase("0.0.0.0")]
    [TestCase("255.255.255.255")]
    [TestCase("::")]
    [TestCase("fd88::1")]
    [TestCase("2001:db8:1:2:3:4:5:6")]
    public void Text_bytes_and_IPAddress_give_the_same_address(string text)
    {
        VpnAddress address = VpnAddress.Parse(text);
        byte[] bytes = new byte[address.ByteLength];
        address.WriteBytes(bytes);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(bytes, Is.EqualTo(IPAddress.Parse(text).GetAddressBytes()));
            Assert.That(VpnAddress.FromBytes(bytes), Is.EqualTo(address));
            Assert.That(VpnAddress.FromIPAddress(address.ToIPAddress()), Is.EqualTo(address));
            Assert.That(address.ToString(), Is.EqualTo(text));
        }
    }

    [TestCase("")]
    [TestCase("1")]
    [TestCase("10.1")]
    [TestCase("010.0.0.1")]
    [TestCase("0x7f.0.0.1")]
    [TestCase("10.0.0.256")]
    [TestCase(" 10.0.0.1")]
    [TestCase("10.0.0.1/8")]
    [TestCase("[::1]")]
    [TestCase("[::1]:443")]
    [TestCase("fe80::1%1")]
    [TestCase("host")]
    [TestCase(null)]
    public void TryParse_refuses_what_is_not_the_usual_form(string? text) =>
        Assert.That(VpnAddress.TryParse(text, out _), Is.False);

    [Test]
    public void Families_are_never_equal()
    {
        VpnAddress four = VpnAddress.FromIPv4(1);
        VpnAddress six = VpnAddress.Parse("::1");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(four, Is.Not.EqualTo(six));
            Assert.That(four.CompareTo(six), Is.Negative);
            Assert.That(VpnAddress.Parse("::ffff:10.0.0.1"), Is.Not.EqualTo(VpnAddress.Parse("10.0.0.1")));
        }
    }

    [Test]
    public void Scope_is_left_out() =>
        Assert.That(VpnAddress.FromIPAddress(IPAddress.Parse("fe80::1%3")), Is.EqualTo(VpnAddress.Parse("fe80::1")));

    [TestCase("10.88.0.1", true)]
    [TestCase("fd88::1", true)]
    [TestCase("0.0.0.0", false)]
    [TestCase("0.1.2.3", false)]
    [TestCase("127.0.0.1", false)]
    [TestCase("224.0.0.1", false)]
    [TestCase("240.0.0.1", false)]
    [TestCase("255.255.255.255", false)]
    [TestCase("::", false)]
    [TestCase("::1", false)]
    [TestCase("ff02::1", false)]
    [TestCase("::ffff:10.0.0.1", false)]
    public void IsAssignable_takes_only_what_a_node_may_own(string text, bool expected) =>
        Assert.That(VpnAddress.Parse(text).IsAssignable, Is.EqualTo(expected));

    [Test]
    public void Masked_keeps_the_first_bits_and_no_others([Values(4, 16)] int bytes)
    {
        byte[] random = new byte[bytes];
        new Random(bytes).NextBytes(random);
        VpnAddress address = VpnAddress.FromBytes(random);
        for (int length = 0; length <= bytes * 8; length++)
        {
            byte[] expected = [.. random.Select((value, i) => (byte)(value & ~(0xFF >> Math.Clamp(length - (i * 8), 0, 8))))];

            Assert.That(address.Masked(length), Is.EqualTo(VpnAddress.FromBytes(expected)), $"/{length}");
        }
    }

    [Test]
    public void Addresses_are_in_the_order_of_their_families_and_bytes()
    {
        VpnAddress[] ordered = [.. new[] { "0.0.0.0", "10.0.0.255", "10.0.1.0", "255.255.255.255", "::", "::1", "::ffff:ffff:ffff:ffff", "0:0:0:1::", "fd88::1", "ff02::1" }.Select(VpnAddress.Parse)];

        Assert.That(ordered.Reverse().Order(), Is.EqualTo(ordered));
    }

    [Test]
    public void FromBytes_refuses_other_lengths() =>
        Assert.That(() => VpnAddress.FromBytes(new byte[5]), Throws.ArgumentException.With.Message.Contains("4 or 16 bytes, not 5"));
}
