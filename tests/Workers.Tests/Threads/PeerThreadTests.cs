using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What the system shows of peers' threads.</summary>
[Platform("Linux"), NonParallelizable] // looks at all threads of the process
public sealed class PeerThreadTests
{
    [Test, Watchdog(60)]
    public void A_peers_thread_bears_its_address_then_that_it_is_parked_and_then_the_next_peers()
    {
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            Session = Sessions.Echo,
            MaxParkedThreads = 1,
        });
        for (int i = 0; i < 3; i++)
        {
            using DtlsEndpoint client = TestEndpoints.Client();
            using DtlsPeer peer = client.Connect(server.LocalEndPoint);
            EchoClient.Of(peer).RoundTrips(1);
            string shown = $"dtls {client.LocalEndPoint}"[..15];

            Assert.That(Names(), Does.Contain(shown).And.Not.Contain("dtls-parked"));

            peer.Close();
            Eventually.True(() => Names().Contains("dtls-parked"), TestEndpoints.Limit, "the thread is parked");
            Assert.That(server.Statistics.WorkerThreads, Is.EqualTo(1));
        }
    }

    [Test, Watchdog(60)]
    public void A_peers_thread_has_the_stack_that_the_options_say([Values(256 << 10, 1 << 20)] int size)
    {
        int actual = 0;
        using var done = new ManualResetEventSlim();
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            WorkerStackSize = size,
            Session = _ =>
            {
                actual = (int)NativeThread.StackSize;
                done.Set();
            },
        });
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);

        Assert.That(done.Wait(TestEndpoints.Limit), Is.True);
        Assert.That(actual, Is.InRange(size, size + (64 << 10)));
    }

    private static string[] Names() => [.. Directory.EnumerateDirectories("/proc/self/task").Select(Name)];

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            return "ended while we looked";
        }
    }
}
