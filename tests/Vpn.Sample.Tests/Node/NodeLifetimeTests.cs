using System.Diagnostics;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Devices;

namespace FifoVpn.Tests.Node;

/// <summary>How nodes end.</summary>
internal sealed class NodeLifetimeTests
{
    private TestVpn _vpn = null!;
    private VpnMember _alpha = null!;
    private VpnMember _beta = null!;

    [SetUp]
    public void MakeVpn()
    {
        _vpn = new TestVpn();
        _alpha = _vpn.Member("alpha");
        _beta = _vpn.Member("beta");
    }

    [TearDown]
    public void EndVpn() => _vpn.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void A_device_that_fails_is_told_once_and_the_node_can_be_disposed()
    {
        FailingPacketDevice device = new();
        TestNode a = _vpn.Create(_alpha, device, new TestNodeSettings(), _beta.Awaited());
        using ManualResetEventSlim told = new();
        List<DeviceException> failures = [];
        a.Node.DeviceFailed = failure =>
        {
            failures.Add(failure);
            told.Set();
        };
        a.Node.Start();
        device.Fail();

        Assert.That(told.Wait(TestNode.Limit), Is.True);
        Assert.That(a.Log.WaitFor(LogCapture.DeviceFailed, TestNode.Limit).Message, Is.EqualTo($"Device failing0 failed: {failures[0].Message}"));
        AssertEndsInTime(a);
        Assert.That(failures, Has.Count.EqualTo(1));
        Assert.That(device.IsDisposed, Is.True);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Dispose_ends_all_threads_and_tells_the_peer()
    {
        Requires.Linux(); // it looks at the threads' names
        int before = NodeThreads();
        TestNode b = _vpn.Start(_beta, _alpha.Called());
        TestNode a = _vpn.Start(_alpha, _beta.Called());
        a.WaitUntilConnected(_beta);
        b.WaitUntilConnected(_alpha);
        a.AssertReaches(b);
        Assert.That(NodeThreads(), Is.GreaterThanOrEqualTo(before + 6), "device, reader and caller of each node");

        AssertEndsInTime(a);
        b.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit);
        AssertEndsInTime(b);
        Eventually.Equal(before, NodeThreads, TestNode.Limit, "threads of nodes");
    }

    [Test]
    [CancelAfter(60_000)]
    public void Dispose_ends_a_call_that_nobody_answers()
    {
        TestNode a = _vpn.Start(_alpha, _beta.Called());
        Eventually.True(() => a.Node.EndpointStatistics.DatagramsSent > 0, TestNode.Limit, "alpha has called");
        AssertEndsInTime(a);
        Assert.That(a.Log.WarningsAndErrors, Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Dispose_works_without_Start_and_twice()
    {
        TestNode a = _vpn.Create(_alpha, _beta.Called());
        AssertEndsInTime(a);
        AssertEndsInTime(a);
        Assert.That(a.Device.Inject([1], TimeSpan.Zero), Is.EqualTo(PacketQueueResult.Closed));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Dispose_in_the_middle_of_traffic_is_bounded()
    {
        TestNode b = _vpn.Start(_beta, _alpha.Called());
        TestNode a = _vpn.Start(_alpha, _beta.Called());
        a.WaitUntilConnected(_beta);
        byte[] packet = TestNode.Packet(_alpha.IPv4, _beta.IPv4);
        BlockingThread traffic = BlockingThread.Start("traffic", () =>
        {
            while (a.Device.Inject(packet, TestNode.Limit) == PacketQueueResult.Done)
            {
            }
        });
        b.Take();

        AssertEndsInTime(a);
        traffic.Join(TestNode.Limit);
        AssertEndsInTime(b);
    }

    private static void AssertEndsInTime(TestNode node)
    {
        long start = Stopwatch.GetTimestamp();
        Watchdog.Run(TestNode.Limit, node.Dispose, $"dispose {node.Member.Name}");

        // No wait in Dispose has run into its limit of 5 s.
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(5)));
        DtlsEndpointStatistics statistics = node.Node.EndpointStatistics;
        Assert.That((statistics.Peers, statistics.WorkerThreads), Is.EqualTo((0, 0)));
    }

    /// <summary>Threads of this process that nodes and their endpoints have started; the kernel keeps 15 characters of a name.</summary>
    private static int NodeThreads()
    {
        int count = 0;
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                string name = File.ReadAllText(Path.Combine(task, "comm")).Trim();
                count += name is "vpn-device" || name.StartsWith("dtls", StringComparison.Ordinal) || name.StartsWith("call-", StringComparison.Ordinal) ? 1 : 0;
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return count;
    }
}
