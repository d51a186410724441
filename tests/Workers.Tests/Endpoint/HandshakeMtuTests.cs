namespace FifoDtls.Tests;

public sealed class HandshakeMtuTests
{
    private const int Handshake = 300;
    private const int Afterwards = 9_000;

    [Test, Watchdog(60)]
    public void A_handshake_in_small_datagrams_leads_to_payloads_of_the_full_size()
    {
        int largest = 0;
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            Session = Sessions.Echo,
            MaxHandshakeDatagramSize = Handshake,
            MaxDatagramSize = Afterwards,
        });
        using LossyRelay relay = new(server.LocalEndPoint, datagram =>
        {
            largest = Math.Max(largest, datagram.Length);
            return false;
        });
        using DtlsEndpoint client = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ClientContext = TestContexts.Client,
            MaxHandshakeDatagramSize = Handshake,
            MaxDatagramSize = Afterwards,
        });
        using DtlsPeer peer = client.Connect(relay.LocalEndPoint);

        Assert.That(largest, Is.InRange(1, Handshake), "the server's largest datagram");
        Assert.That(peer.Negotiated!.MaxPayloadSize, Is.InRange(Afterwards - 60, Afterwards));
        byte[] payload = new byte[peer.Negotiated.MaxPayloadSize];
        byte[] echo = new byte[Afterwards];
        peer.Send(payload);
        Assert.That(peer.Receive(echo, TestEndpoints.Limit).Length, Is.EqualTo(payload.Length));
    }

    [TestCase(255), TestCase(65_508)]
    public void A_size_out_of_range_is_refused(int size) =>
        Assert.That(
            () => new DtlsEndpoint(new DtlsEndpointOptions { ClientContext = TestContexts.Client, MaxHandshakeDatagramSize = size }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("MaxHandshakeDatagramSize"));
}
