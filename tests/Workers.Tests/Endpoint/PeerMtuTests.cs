namespace FifoDtls.Tests;

public sealed class PeerMtuTests
{
    [Test, Watchdog(60)]
    public void A_peer_has_its_own_datagram_size()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint, new DtlsConnectOptions { MaxDatagramSize = 600 });

        Assert.That(peer.Negotiated!.MaxPayloadSize, Is.InRange(500, 599));
        Assert.That(() => peer.Send(new byte[600]), Throws.ArgumentException.With.Message.Contains(peer.Negotiated.MaxPayloadSize.ToString()));
        EchoClient.Of(peer).RoundTrip();
    }

    [TestCase(255), TestCase(65_508)]
    public void A_datagram_size_out_of_range_is_refused(int size)
    {
        using DtlsEndpoint client = TestEndpoints.Client();
        Assert.That(
            () => client.Connect(client.LocalEndPoint, new DtlsConnectOptions { MaxDatagramSize = size }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("MaxDatagramSize"));
    }
}
