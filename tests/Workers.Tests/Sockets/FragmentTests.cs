using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class FragmentTests
{
    [Test, Watchdog(60)]
    public void A_datagram_larger_than_the_interface_carries_goes_in_fragments_unless_they_are_forbidden([Values] bool dontFragment)
    {
        Requires.NetworkNamespace();
        using NetworkNamespaces network = NetworkNamespaces.CreatePair();
        Check("0.0.0.0", NetworkNamespaces.SecondIPv4);
        Check("::", NetworkNamespaces.SecondIPv4);
        Check("::", NetworkNamespaces.SecondIPv6);

        void Check(string local, string destination)
        {
            using UdpSocket socket = NamespaceThread.Make(network[0], () => new UdpSocket(new IPEndPoint(IPAddress.Parse(local), 0), 65_536, 65_536, dontFragment));
            SocketAddress address = socket.ToSocketAddress(new IPEndPoint(IPAddress.Parse(destination), 4433));
            socket.Send(new byte[1_400], address);
            Assert.That(socket.SendErrors, Is.Zero, "what fits");
            socket.Send(new byte[2_000], address);
            Assert.That(socket.SendErrors, Is.EqualTo(dontFragment ? 1 : 0), $"what does not, from {local} to {destination}");
        }
    }
}
