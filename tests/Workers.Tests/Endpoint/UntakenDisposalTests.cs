using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Peers that wait to be accepted, lose flights, are looked after, accepted and disposed, all at once: nothing breaks, nothing stays.</summary>
public sealed class UntakenDisposalTests
{
    private const byte ChangeCipherSpec = 20; // what the server's last flight begins with

    private static readonly byte[] Repeated = [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 4, 20, 0, 0, 12]; // lets a worker look

    [Test, Watchdog(120)]
    public void A_server_that_goes_at_any_moment_while_flights_are_repeated_leaves_no_thread_and_no_peer()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 30; round++)
        {
            DtlsEndpoint server = TestEndpoints.Accepting();
            int lost = 0;
            using var relay = new LossyRelay(server.LocalEndPoint, datagram => datagram[0] == ChangeCipherSpec && lost++ == 0);
            using DtlsEndpoint client = new(new DtlsEndpointOptions
            {
                LocalEndPoint = TestEndpoints.Loopback,
                ClientContext = TestContexts.Client,
                RetransmissionTimeout = TimeSpan.FromMilliseconds(20),
                HandshakeTimeout = TestEndpoints.Limit,
                MaxParkedThreads = 0,
            });
            DtlsPeer peer = client.Connect(relay.LocalEndPoint, _ => { });
            bool accepts = random.Next(2) == 0;
            BlockingThread taker = BlockingThread.Start("taker", () => Take(server, accepts));
            int forgeries = random.Next(40); // this many datagrams' time
            for (int i = 0; i < forgeries; i++)
            {
                relay.Forge(Repeated);
            }

            if (random.Next(2) == 0)
            {
                Eventually.True(() => server.Statistics.Accepted == 1, TestEndpoints.Limit, "the server is done");
                relay.Forge(Repeated);
            }

            server.Dispose();

            taker.Join(TestEndpoints.Limit);
            Assert.That((server.Statistics.WorkerThreads, server.Statistics.Peers), Is.EqualTo((0, 0)), $"round {round}");
            peer.Dispose();
        }
    }

    private static void Take(DtlsEndpoint server, bool accepts)
    {
        if (!accepts)
        {
            return;
        }

        try
        {
            using DtlsPeer accepted = server.Accept();
            DtlsReceiveStatus status = accepted.Receive(new byte[10], TestEndpoints.Limit).Status;
            Assert.That(status, Is.EqualTo(DtlsReceiveStatus.ClosedLocally).Or.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        }
        catch (ObjectDisposedException)
        {
            // The server was gone first.
        }
    }
}
