using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class DontFragmentTests
{
    /// <summary>The link takes 1,500 bytes.</summary>
    [Test, Watchdog(60)]
    public void A_payload_that_is_too_large_for_the_link_arrives_in_parts_unless_they_are_forbidden([Values] bool dontFragment)
    {
        Requires.NetworkNamespace();
        using NetworkNamespaces network = NetworkNamespaces.CreatePair();
        using DtlsEndpoint server = NamespaceThread.Make(network[1], () => new DtlsEndpoint(new DtlsEndpointOptions
        {
            LocalEndPoint = new IPEndPoint(IPAddress.Parse(NetworkNamespaces.SecondIPv4), 0),
            ServerContext = TestContexts.Server,
            Session = Sessions.Echo,
            MaxDatagramSize = 4_000,
        }));
        using DtlsEndpoint client = NamespaceThread.Make(network[0], () => new DtlsEndpoint(new DtlsEndpointOptions
        {
            LocalEndPoint = new IPEndPoint(IPAddress.Parse(NetworkNamespaces.FirstIPv4), 0),
            ClientContext = TestContexts.Client,
            MaxHandshakeDatagramSize = 1_200,
            MaxDatagramSize = 4_000,
            DontFragment = dontFragment,
        }));
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        Assert.That(client.Statistics.SendErrors, Is.Zero, "the handshake fits");

        peer.Send(new byte[3_000]);

        Assert.That(client.Statistics.SendErrors, Is.EqualTo(dontFragment ? 1 : 0));
        peer.Send(new byte[1]);
        Assert.That(peer.Receive(new byte[4_000], TestEndpoints.Limit).Length, Is.EqualTo(dontFragment ? 1 : 3_000), "what the server's echo begins with");
    }
}
