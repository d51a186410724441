using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Node;

/// <summary>Nodes that end at any moment leave nothing behind.</summary>
internal sealed class NodeEndTests
{
    private static readonly string[] ThreadNames = ["vpn-", "call-", "link-", "meet-", "dtls-reader", "dtls 127"];

    [Test]
    [CancelAfter(120_000)]
    public void Dispose_at_any_moment_is_bounded_and_leaves_no_thread()
    {
        Requires.Linux(); // it looks at the threads' names
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        HashSet<string> before = Threads();
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember beta = vpn.Member("beta");
        VpnMember nobody = vpn.Member("nobody");
        TestNodeSettings settings = new()
        {
            Keepalive = TimeSpan.FromMilliseconds(200), HandshakeTimeout = TimeSpan.FromSeconds(10), HasAddresses = true, Discover = true, RateLimit = 1_000_000, IdleTimeout = TimeSpan.FromMilliseconds(50),
        };
        for (int round = 0; round < 30; round++)
        {
            using TestNode a = vpn.Create(alpha, settings, beta.Called() with { Persistent = round % 2 == 0 }, nobody.Called());
            using TestNode b = vpn.Create(beta, settings, alpha.Called() with { Persistent = round % 3 == 0 });
            byte[] packet = TestNode.Packet(alpha.IPv4, beta.IPv4);
            BlockingThread traffic = BlockingThread.Start("traffic", () =>
            {
                while (a.Device.Inject(packet, TestNode.Limit) == FifoVpn.Devices.PacketQueueResult.Done)
                {
                }
            });
            a.Node.Start();
            b.Node.Start();
            long moment = Stopwatch.GetTimestamp() + (random.Next(0, 60) * Stopwatch.Frequency / 1_000);
            Eventually.True(() => Stopwatch.GetTimestamp() >= moment, TestNode.Limit, "the moment");
            BlockingThread[] ends = [BlockingThread.Start("end alpha", a.Dispose), BlockingThread.Start("end beta", b.Dispose)];
            long begun = Stopwatch.GetTimestamp();
            BlockingThread.JoinAll(TestNode.Limit, [traffic, .. ends]);
            Assert.That(Stopwatch.GetElapsedTime(begun), Is.LessThan(TimeSpan.FromSeconds(5)), $"round {round}: no wait has run into its limit");
        }

        Eventually.Equal("", () => string.Join(", ", Threads().Except(before)), TestNode.Limit, "threads left");
    }

    private static HashSet<string> Threads()
    {
        HashSet<string> threads = [];
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                string name = File.ReadAllText(Path.Combine(task, "comm")).Trim();
                if (Array.Exists(ThreadNames, prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                {
                    threads.Add($"{name} ({Path.GetFileName(task)})");
                }
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return threads;
    }
}
