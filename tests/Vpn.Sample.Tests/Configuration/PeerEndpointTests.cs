using FifoVpn.Configuration;

namespace FifoVpn.Tests.Configuration;

internal sealed class PeerEndpointTests
{
    [TestCase("192.0.2.2:4443", "192.0.2.2", 4443, true)]
    [TestCase("[2001:db8::2]:1", "2001:db8::2", 1, true)]
    [TestCase("host.example:65535", "host.example", 65535, false)]
    [TestCase("localhost:4443", "localhost", 4443, false)]
    public void TryParse_takes_addresses_and_names(string text, string host, int port, bool isAddress)
    {
        Assert.That(PeerEndpoint.TryParse(text, out PeerEndpoint? endpoint), Is.True);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(endpoint!.Host, Is.EqualTo(host));
            Assert.That(endpoint.Port, Is.EqualTo(port));
            Assert.That(endpoint.Address?.ToString(), Is.EqualTo(isAddress ? host : null));
            Assert.That(endpoint.ToString(), Is.EqualTo(text));
        }
    }

    [TestCase("")]
    [TestCase("foo")]
    [TestCase(":4443")]
    [TestCase("host:")]
    [TestCase("host:0")]
    [TestCase("host:65536")]
    [TestCase("host:+1")]
    [TestCase("2001:db8::2:4443")]
    [TestCase("[192.0.2.2]:4443")]
    [TestCase("[host]:4443")]
    [TestCase("[]:4443")]
    [TestCase("[[::1]]:4443")]
    [TestCase("192.0.2.256:4443")]
    [TestCase("192.0.2:4443")]
    [TestCase("010.0.0.1:4443")]
    [TestCase("-host:4443")]
    [TestCase("ho st:4443")]
    [TestCase("a..b:4443")]
    public void TryParse_refuses(string text) => Assert.That(PeerEndpoint.TryParse(text, out _), Is.False);

    [TestCase("0.0.0.0:4443")]
    [TestCase("[::]:0")]
    [TestCase("127.0.0.1:0")]
    public void TryParseListen_takes_addresses_and_port_0(string text)
    {
        Assert.That(PeerEndpoint.TryParseListen(text, out System.Net.IPEndPoint? endpoint), Is.True);
        Assert.That(endpoint!.ToString(), Is.EqualTo(text));
    }

    [TestCase("localhost:4443")]
    [TestCase(":4443")]
    [TestCase("4443")]
    [TestCase("::4443")]
    public void TryParseListen_refuses_names_and_half_addresses(string text) => Assert.That(PeerEndpoint.TryParseListen(text, out _), Is.False);
}
