using System.Net;
using System.Net.NetworkInformation;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

internal sealed class LocalAddressesTests
{
    /// <summary>It happens on the thread of a registration, where nothing else would take the exception but the end of the process.</summary>
    [Test]
    public void An_interface_that_goes_while_it_is_looked_at_ends_nothing()
    {
        IPEndPoint any = new(IPAddress.Any, 4443);
        Assert.That(LocalAddresses.Of(any, [], Vanishing), Is.Empty);
        Assert.That(LocalAddresses.Of(any, [], () => [IPAddress.Parse("192.0.2.1")]), Is.EqualTo(new[] { new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4443) }));

        static IEnumerable<IPAddress> Vanishing()
        {
            yield return IPAddress.Parse("192.0.2.1");
            throw new NetworkInformationException(19);
        }
    }
}
