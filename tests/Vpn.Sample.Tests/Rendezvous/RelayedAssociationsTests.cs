using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Control;
using FifoVpn.Rendezvous;
using FifoVpn.Tests.Mesh;
using FifoVpn.Tests.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Rendezvous;

internal sealed class RelayedAssociationsTests
{
    /// <summary>Each association costs a thread: a rendezvous server must not be able to begin as many as it likes.</summary>
    [Test]
    public void A_server_that_gives_a_peer_ever_new_channels_gets_no_more_associations_by_that()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        DtlsEndpoint endpoint = vpn.Impostor(alpha, vpn.ContextOf(alpha));
        RendezvousConfig config = TestMesh.At("meet", TestVpn.NewEndPoint());
        FifoVpn.Rendezvous.RendezvousClient client = new(config, endpoint, null!, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), NullLogger.Instance);
        RelayedAssociations relayed = new();
        List<FifoTransport> begun = [];
        for (uint channel = 1; channel <= 100; channel++)
        {
            relayed.Introduced(client, channel, "beta");
            if (relayed.Dispatch(client, new RelayHeader(channel, 7, FromInitiator: true), [1, 2, 3], out string name) is { } transport)
            {
                Assert.That(name, Is.EqualTo("beta"));
                begun.Add(transport);
            }
        }

        Assert.That(begun, Has.Count.EqualTo(4));
        Assert.That(relayed.Channels, Is.EqualTo(1));

        relayed.Remove(begun[0]);
        begun[0] = relayed.Dispatch(client, new RelayHeader(100, 8, FromInitiator: true), [1], out _)!;
        Assert.That(begun[0], Is.Not.Null, "there is room again");
        relayed.Close(client);
        Assert.That(relayed.Channels, Is.Zero);
        begun.ForEach(relayed.Remove);
    }
}
