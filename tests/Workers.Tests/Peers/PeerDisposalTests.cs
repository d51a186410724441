namespace FifoDtls.Tests;

public sealed class PeerDisposalTests
{
    /// <summary>Whoever has a peer from Connect may connect anew as soon as Dispose has returned: its end is not left to the handshake's worker.</summary>
    [Test, Watchdog(120)]
    public void Dispose_frees_the_address_before_it_returns()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        for (int round = 0; round < 1_000; round++)
        {
            client.Connect(server.LocalEndPoint).Dispose();
            Assert.That(client.Statistics.Peers, Is.Zero, $"round {round}");
        }
    }
}
