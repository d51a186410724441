using System.Diagnostics;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Control;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>Many nodes, and the end of all things.</summary>
internal sealed class ServerLifetimeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Test]
    [CancelAfter(240_000)]
    public void Two_hundred_nodes_register_at_once_and_find_each_other()
    {
        const int Nodes = 200;
        using RendezvousBench bench = new(requestsPerSecond: 1_000, keepalive: TimeSpan.FromSeconds(20)); // its clock stands still, and questions may have to be repeated
        DtlsContext[] contexts = [.. Enumerable.Range(0, Nodes).Select(i => bench.Context($"node{i}", FifoVpn.Packets.VpnAddress.FromIPv4(0x0A590000u + (uint)i)))];
        using CountdownEvent registered = new(Nodes);
        using CountdownEvent done = new(Nodes);
        BlockingThread[] nodes = [.. Enumerable.Range(0, Nodes).Select(i => BlockingThread.Start($"node{i}", () => Run(i)))];
        BlockingThread.JoinAll(Limit, nodes);

        Assert.That(bench.Statistics.Introductions, Is.GreaterThanOrEqualTo(Nodes));
        Assert.That(bench.Statistics.Replaced, Is.Zero);
        bench.AssertNothingIsLeft(Limit); // should a close_notify be lost in the burst, its node is dropped for its silence

        void Run(int i)
        {
            using RendezvousClient client = new($"node{i}", contexts[i], bench.Server.LocalEndPoint);
            MeetingNode node = new(client, i, Nodes);
            node.Register();
            registered.Signal();
            Assert.That(registered.Wait(Limit), Is.True, "all register");
            node.Meet(done, Limit);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void Nothing_is_left_when_all_nodes_have_gone()
    {
        using RendezvousBench bench = new();
        RendezvousClient[] clients = [.. Enumerable.Range(0, 6).Select(i => bench.Registered($"node{i}"))];
        for (int i = 0; i < clients.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                RendezvousBench.Introduce(clients[i], clients[j]);
            }
        }

        Assert.That(bench.Server.RegistryCounts, Is.EqualTo(new FifoVpn.Rendezvous.RegistryCounts(6, 6, 6, 0, 15)));
        foreach (RendezvousClient client in clients)
        {
            client.Dispose();
        }

        bench.AssertNothingIsLeft();
        Eventually.Equal(0, () => bench.Server.EndpointStatistics.Peers, RendezvousClient.Limit, "peers");
        Assert.That(bench.Log.Of(LogIds.Gone), Has.Count.EqualTo(6));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Dispose_tells_the_nodes()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient unregistered = bench.Connect("beta");
        unregistered.AssertNothingElse();
        bench.Server.Dispose();
        Assert.That(alpha.AwaitBye(), Is.EqualTo(ByeReason.ShuttingDown));
        Assert.That(unregistered.AwaitBye(), Is.EqualTo(ByeReason.ShuttingDown));
        Assert.That(bench.Log.Of(LogIds.Gone).Select(line => line.Message), Has.Exactly(2).Contains("ShuttingDown"));
        Assert.That(bench.Log.Of(LogIds.Stopped), Has.Count.EqualTo(1));
        bench.AssertNothingIsLeft();
        bench.Server.Dispose();
    }

    [Test]
    [CancelAfter(120_000)]
    public void Dispose_in_the_middle_of_everything_ends_in_time()
    {
        const int Nodes = 12;
        using RendezvousBench bench = new(requestsPerSecond: 10_000);
        RendezvousClient[] clients = [.. Enumerable.Range(0, Nodes).Select(i => bench.Registered($"node{i}"))];
        BlockingThread[] busy = [.. clients.Select((client, i) => BlockingThread.Start(client.Name, () => KeepBusy(client, $"node{(i + 1) % Nodes}")))];
        Eventually.True(() => bench.Statistics.RelayedDatagrams > 1_000, Limit, "nodes relay");

        long start = Stopwatch.GetTimestamp();
        Watchdog.Run(Limit, bench.Server.Dispose, "Dispose");
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(20)));
        BlockingThread.JoinAll(Limit, busy);
        bench.AssertNothingIsLeft();
    }

    /// <summary>Asks for its neighbour and relays to it as fast as it can, until the server is gone.</summary>
    private static void KeepBusy(RendezvousClient client, string neighbour)
    {
        byte[] buffer = new byte[16_384];
        byte[] datagram = new byte[500];
        uint channel = 0;
        try
        {
            while (true)
            {
                client.Find(neighbour);
                client.SendRelay(channel, 1, true, datagram);
                while (client.Peer.TryReceive(buffer, out DtlsReceiveResult received))
                {
                    if (!received.HasData)
                    {
                        return;
                    }

                    if (IsIntroduction(buffer.AsSpan(0, received.Length), out IntroductionMessage? introduction) && introduction!.Request != 0)
                    {
                        channel = introduction.Channel;
                    }
                }
            }
        }
        catch (DtlsClosedException)
        {
            // The server has closed: what the test waits for.
        }
    }

    private static bool IsIntroduction(ReadOnlySpan<byte> message, out IntroductionMessage? introduction)
    {
        introduction = null;
        return ControlMessage.TypeOf(message) == ControlType.Introduction && IntroductionMessage.TryRead(message, out introduction);
    }
}
