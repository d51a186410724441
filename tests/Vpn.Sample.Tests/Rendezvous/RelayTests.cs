using FifoVpn.Control;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>Datagrams between two nodes that can't reach each other.</summary>
internal sealed class RelayTests
{
    private const int LargestRelayed = 1_500 - 37 - RelayHeader.Length;

    [Test]
    [CancelAfter(60_000)]
    public void Datagrams_arrive_byte_for_byte_in_both_directions_under_the_receivers_channel()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        RendezvousClient gamma = bench.Registered("gamma");
        RendezvousBench.Introduce(gamma, beta); // so that channels differ
        (uint alphas, uint betas) = RendezvousBench.Introduce(alpha, beta);
        Assert.That(alphas, Is.Not.EqualTo(betas));

        Random random = new(Seed());
        long bytes = 0;
        int[] lengths = [1, 2, 13, 100, 1_000, LargestRelayed];
        foreach (int length in lengths)
        {
            byte[] datagram = new byte[length];
            random.NextBytes(datagram);
            alpha.SendRelay(alphas, 0xDEADBEEF, fromInitiator: true, datagram);
            AssertRelayed(beta, new RelayHeader(betas, 0xDEADBEEF, FromInitiator: true), datagram);
            beta.SendRelay(betas, 7, fromInitiator: false, datagram);
            AssertRelayed(alpha, new RelayHeader(alphas, 7, FromInitiator: false), datagram);
            bytes += 2 * (RelayHeader.Length + length);
        }

        gamma.AssertNothingElse();
        alpha.AssertNothingElse();
        beta.AssertNothingElse();
        Assert.That(bench.Statistics.RelayedDatagrams, Is.EqualTo(2 * lengths.Length));
        Assert.That(bench.Statistics.RelayedBytes, Is.EqualTo(bytes));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_node_may_use_only_the_channels_that_it_was_introduced_on()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        RendezvousClient stranger = bench.Registered("stranger");
        (uint alphas, uint betas) = RendezvousBench.Introduce(alpha, beta);
        foreach (uint channel in new[] { alphas, betas, 0u, uint.MaxValue })
        {
            stranger.SendRelay(channel, 1, true, [1, 2, 3]);
            Assert.That(stranger.NextRelayClosed(), Is.EqualTo(channel));
        }

        alpha.AssertNothingElse();
        beta.AssertNothingElse();
        Assert.That(bench.Statistics.RelayDropsClosed, Is.EqualTo(4));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_channel_dies_with_its_node_and_its_number_reaches_nobody_else()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        (uint old, _) = RendezvousBench.Introduce(alpha, beta);
        beta.Dispose();
        FifoDtls.TestSupport.Eventually.Equal(0, () => bench.Statistics.Channels, RendezvousClient.Limit, "channels");
        alpha.SendRelay(old, 1, true, [1]);
        Assert.That(alpha.NextRelayClosed(), Is.EqualTo(old));

        RendezvousClient gamma = bench.Registered("gamma");
        (uint current, _) = RendezvousBench.Introduce(alpha, gamma); // has the same place
        Assert.That(current, Is.Not.EqualTo(old));
        alpha.SendRelay(old, 1, true, [1]);
        Assert.That(alpha.NextRelayClosed(), Is.EqualTo(old));
        gamma.AssertNothingElse();
    }

    [Test]
    [CancelAfter(60_000)]
    public void Closed_channels_are_told_of_at_a_limited_rate()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        for (int i = 0; i < 100; i++)
        {
            alpha.SendRelay(12345, 1, true, [1]);
        }

        Assert.That(alpha.Drain(), Has.Count.EqualTo(10));
        Assert.That(bench.Statistics.RelayDropsClosed, Is.EqualTo(100));
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        alpha.SendRelay(54321, 1, true, [1]);
        Assert.That(alpha.NextRelayClosed(), Is.EqualTo(54321));
    }

    [Test]
    [CancelAfter(60_000)]
    public void What_a_pair_relays_is_limited_in_both_directions_together_and_other_pairs_are_not_concerned()
    {
        const int Message = 1_000;
        const int Burst = 65_536 / Message; // at this rate the least burst holds
        using RendezvousBench bench = new(relayBytesPerSecond: 50_000);
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        RendezvousClient gamma = bench.Registered("gamma");
        (uint alphas, uint betas) = RendezvousBench.Introduce(alpha, beta);
        (uint toGamma, _) = RendezvousBench.Introduce(alpha, gamma);
        byte[] datagram = new byte[Message - RelayHeader.Length];

        Flood(alpha, alphas, 100);
        Assert.That(beta.Drain(), Has.Count.EqualTo(Burst));
        Flood(beta, betas, 10);
        Assert.That(alpha.Drain(), Is.Empty, "the other direction has nothing left either");
        alpha.SendRelay(toGamma, 1, true, datagram);
        Assert.That(gamma.NextRelayed().Datagram, Is.EqualTo(datagram));
        Assert.That(bench.Statistics.RelayDropsRate, Is.EqualTo(110 - Burst));
        Assert.That(bench.Log.Of(LogIds.RelayLimited), Has.Count.EqualTo(1));

        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Flood(beta, betas, 100);
        Assert.That(alpha.Drain(), Has.Count.InRange(50, 51), "one second's, and what was left of less than a message");

        void Flood(RendezvousClient from, uint channel, int count)
        {
            for (int i = 0; i < count; i++)
            {
                from.SendRelay(channel, 1, true, datagram);
            }

            from.AssertNothingElse();
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_datagram_that_the_receiver_can_not_take_is_dropped_and_counted()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        (uint alphas, _) = RendezvousBench.Introduce(alpha, beta);
        alpha.SendRelay(alphas, 1, true, new byte[LargestRelayed + 1]);
        alpha.AssertNothingElse();
        beta.AssertNothingElse();
        Assert.That(bench.Statistics.RelayDropsTooLarge, Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_server_that_does_not_relay_gives_no_channels_and_drops()
    {
        using RendezvousBench bench = new(relay: false);
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        Assert.That(RendezvousBench.Introduce(alpha, beta), Is.EqualTo((0u, 0u)));
        alpha.SendRelay(0, 1, true, [1]);
        alpha.SendRelay(4096, 1, true, [1]);
        alpha.AssertNothingElse();
        beta.AssertNothingElse();
        Assert.That(bench.Statistics.RelayDropsOff, Is.EqualTo(2));
        Assert.That(bench.Statistics.Channels, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_node_that_takes_nothing_costs_the_others_nothing()
    {
        using RendezvousBench bench = new(relayBytesPerSecond: 1_000_000_000);
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        RendezvousClient slow = bench.Registered("slow");
        (uint toBeta, uint betas) = RendezvousBench.Introduce(alpha, beta);
        (uint toSlow, _) = RendezvousBench.Introduce(alpha, slow);
        byte[] datagram = new byte[1_000];
        for (int i = 0; i < 200; i++)
        {
            for (int j = 0; j < 50; j++) // in all more than its FIFO holds
            {
                alpha.SendRelay(toSlow, 1, true, datagram);
            }

            alpha.SendRelay(toBeta, (uint)i, true, datagram);
            AssertRelayed(beta, new RelayHeader(betas, (uint)i, true), datagram);
        }

        alpha.AssertNothingElse();
        Assert.That(bench.Statistics.RelayedDatagrams, Is.EqualTo(200 * 51));
    }

    private static void AssertRelayed(RendezvousClient client, RelayHeader header, byte[] datagram)
    {
        (RelayHeader arrivedHeader, byte[] arrived) = client.NextRelayed();
        Assert.That(arrivedHeader, Is.EqualTo(header));
        Assert.That(arrived, Is.EqualTo(datagram));
    }

    private static int Seed()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        return seed;
    }
}
