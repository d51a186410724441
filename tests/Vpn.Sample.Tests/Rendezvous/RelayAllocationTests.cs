using FifoVpn.Control;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>The relay is free of garbage.</summary>
[NonParallelizable] // the measure is what the whole process allocates
internal sealed class RelayAllocationTests
{
    private const int Datagrams = 20_000;
    private const int Attempts = 5;
    private const int InFlight = 32; // well below what sockets and FIFOs hold, so that nothing is lost

    [Test]
    [CancelAfter(120_000)]
    public void Twenty_thousand_relayed_datagrams_allocate_next_to_nothing()
    {
        using RendezvousBench bench = new(relayBytesPerSecond: 10_000_000_000);
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        (uint channel, _) = RendezvousBench.Introduce(alpha, beta);
        byte[] message = new byte[RelayHeader.Length + 1_000];
        byte[] buffer = new byte[16_384];
        new RelayHeader(channel, 1, true).Write(message);
        Exchange(2_000); // pools fill, methods are compiled

        // FIFOs keep the buffers of their deepest moment, which may come late; garbage per datagram would show in every attempt.
        long allocated = long.MaxValue;
        for (int attempt = 1; attempt <= Attempts && allocated >= Datagrams; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Exchange(Datagrams);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            TestContext.Out.WriteLine($"{allocated} bytes");
        }

        Assert.That(allocated, Is.LessThan(Datagrams), "less than one byte for a datagram");

        void Exchange(int count)
        {
            for (int sent = 0; sent < count; sent += InFlight)
            {
                for (int i = 0; i < InFlight; i++)
                {
                    alpha.Send(message);
                }

                for (int i = 0; i < InFlight; i++)
                {
                    if (!beta.Peer.Receive(buffer, RendezvousClient.Limit).HasData)
                    {
                        Assert.Fail("a datagram is missing");
                    }
                }
            }
        }
    }
}
