using FifoVpn.Control;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>What a node with a good certificate and bad manners sends.</summary>
internal sealed class HostileMessageTests
{
    private static readonly byte[][] MalformedMessages =
    [
        [0x45, 0, 0, 20], // an IP packet
        [0xFF],
        [(byte)ControlType.Ping],
        [(byte)ControlType.Ping, 1, 2, 3, 4, 5, 6, 7],
        [(byte)ControlType.Register],
        [(byte)ControlType.Register, 9], // more endpoints than may be
        [(byte)ControlType.Register, 1],
        [(byte)ControlType.Register, 1, 5, 10, 0, 0, 1, 1, 1], // no such family
        [(byte)ControlType.Register, 1, 4, 10, 0, 0, 1, 0, 0], // port 0
        [(byte)ControlType.Register, 2, 4, 10, 0, 0, 1, 1, 1],
        [(byte)ControlType.Find],
        [(byte)ControlType.Find, 0, 0, 0, 0, 1, 1, (byte)'a'], // request 0
        [(byte)ControlType.Find, 0, 0, 0, 1, 3, 1, (byte)'a'],
        [(byte)ControlType.Find, 0, 0, 0, 1, 1, 200, (byte)'a'],
        [(byte)ControlType.Find, 0, 0, 0, 1, 2, 6, 1, 2, 3],
        [(byte)ControlType.Relay],
        [(byte)ControlType.Relay, 0, 0, 16, 0, 0, 0, 0, 1],
        [(byte)ControlType.Relay, 0, 0, 16, 0, 0, 0, 0, 1, 1], // a header without a datagram
    ];

    private static readonly byte[][] IgnoredMessages =
    [
        [0],
        [(byte)ControlType.MtuProbe],
        [(byte)ControlType.MtuProbeAck],
        [(byte)ControlType.Registered],
        [(byte)ControlType.Introduction, 1, 2, 3],
        [(byte)ControlType.NotFound],
        [(byte)ControlType.RelayClosed],
        [0x3F],
    ];

    [Test]
    [CancelAfter(60_000)]
    public void Malformed_messages_are_counted_and_the_session_lives()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        foreach (byte[] message in MalformedMessages.Concat(IgnoredMessages))
        {
            alpha.Send(message);
        }

        alpha.Send([(byte)ControlType.Pong]);
        alpha.AssertNothingElse();
        Assert.That(bench.Statistics.Malformed, Is.EqualTo(MalformedMessages.Length));
        Assert.That(bench.Statistics.Ignored, Is.EqualTo(IgnoredMessages.Length));
        Assert.That(bench.Log.Of(LogIds.Malformed), Has.Count.EqualTo(1));
        Assert.That(RendezvousBench.Introduce(alpha, beta).Asker, Is.Not.Zero, "it is registered as before");
        beta.AssertNothingElse();
    }

    [Test]
    [CancelAfter(120_000)]
    public void Random_messages_end_no_session_and_reach_nobody()
    {
        const int Messages = 5_000;
        const int AtOnce = 100; // as many answers as its FIFO holds
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        for (int i = 1; i <= Messages; i++)
        {
            byte[] message = new byte[random.Next(1, 64)];
            random.NextBytes(message);
            if (random.Next(4) != 0)
            {
                message[0] = (byte)random.Next(0x18);
            }

            if (message[0] != (byte)ControlType.Bye)
            {
                alpha.Send(message);
            }

            if (i % AtOnce == 0)
            {
                alpha.Drain();
            }
        }

        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        alpha.Register();
        beta.AssertNothingElse();
        // About a quarter of such messages is malformed; half as many leave no room for chance.
        Assert.That(bench.Statistics.Malformed, Is.GreaterThan(Messages / 8));
        Assert.That(bench.Statistics.Nodes, Is.EqualTo(2));
        Assert.That(bench.Statistics.Introductions, Is.Zero);
        Assert.That(bench.Statistics.RelayedDatagrams, Is.Zero);
    }
}
