using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// ClientHellos from very many addresses that never answer. They go through the system's loopback, from 127.x.y.z addresses and ports each of which is used by a socket for a moment only; no faster
/// than the endpoint reads them, so that all of them are looked at and none is lost in the socket's buffer.
/// </summary>
[NonParallelizable] // what is measured is the whole process
public sealed class HelloFloodTests
{
    private const int Sources = 100_000;
    private const int HellosPerSource = 10;
    private const int Clients = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Test, Watchdog(400)]
    public void A_million_ClientHellos_from_a_hundred_thousand_sources_leave_nothing_while_fifty_clients_connect_and_echo()
    {
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            Session = Sessions.Echo,
            MaxParkedThreads = 0,
            MaxHelloVerifyRequestsPerSecond = 10_000_000, // so that every ClientHello costs a cookie and an answer
        });
        using var endpoints = new DisposableList<DtlsEndpoint>(Clients, () => TestEndpoints.Client());
        long before = MemoryWithClients(server, endpoints, flood: null);
        DtlsEndpointStatistics atStart = server.Statistics;
        var flood = new Flood(server);

        long after = MemoryWithClients(server, endpoints, flood);

        DtlsEndpointStatistics atEnd = server.Statistics;
        TestContext.Out.WriteLine($"{flood.Sent} ClientHellos in {flood.Duration.TotalSeconds:0.0} s; managed memory {before} bytes before, {after} after, both with {Clients} clients; {atEnd}");
        Assert.That(flood.MostPeers, Is.LessThanOrEqualTo(Clients), "peers during the flood");
        Assert.That(flood.MostThreads, Is.LessThanOrEqualTo(Clients), "threads during the flood");
        Assert.That(atEnd.HelloVerifyRequests - atStart.HelloVerifyRequests, Is.GreaterThanOrEqualTo(1_000_000), "ClientHellos that the endpoint has looked at and answered");
        Assert.That(atEnd.Accepted - atStart.Accepted, Is.EqualTo(Clients));
        Assert.That(after - before, Is.LessThanOrEqualTo(1 << 20), "additional managed memory");
    }

    /// <summary>Lets clients connect and echo, with or without a flood, and measures while they are connected.</summary>
    private static long MemoryWithClients(DtlsEndpoint server, List<DtlsEndpoint> endpoints, Flood? flood)
    {
        using var connected = new CountdownEvent(Clients);
        using var stop = new ManualResetEventSlim();
        var threads = new List<BlockingThread>();
        BlockingThread? sender = flood is null ? null : BlockingThread.Start("flood", flood.Run);
        if (flood is not null)
        {
            Assert.That(flood.UnderWay.Wait(Limit), Is.True);
        }

        for (int i = 0; i < Clients; i++)
        {
            DtlsEndpoint endpoint = endpoints[i];
            int tag = i;
            threads.Add(BlockingThread.Start($"client {i}", () => Echo(endpoint, server.LocalEndPoint, tag, connected, stop)));
        }

        bool allConnected = connected.Wait(Limit);
        bool during = flood is null || !flood.IsOver;
        sender?.Join(Limit);
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        stop.Set();
        threads.ForEach(thread => thread.Join(Limit));
        Assert.That(allConnected, Is.True);
        Assert.That(during, Is.True, "all clients have connected and echoed before the flood was over");
        Eventually.Equal((0, 0), () => (server.Statistics.Peers, server.Statistics.WorkerThreads), Limit, "what is left of the peers");
        return memory;
    }

    private static void Echo(DtlsEndpoint endpoint, IPEndPoint server, int tag, CountdownEvent connected, ManualResetEventSlim stop)
    {
        using DtlsPeer peer = endpoint.Connect(server);
        EchoClient echo = EchoClient.Of(peer, tag);
        echo.RoundTrips(5);
        connected.Signal();
        while (!stop.Wait(TimeSpan.FromMilliseconds(100)))
        {
            echo.RoundTrip();
        }
    }

    private sealed class Flood(DtlsEndpoint server)
    {
        private readonly long _answered = server.Statistics.HelloVerifyRequests;
        private readonly int _window = GrantedReceiveBuffer() / 2_048; // what a small datagram takes of it, and some
        private readonly byte[][] _hellos =
        [
            new HelloBuilder().Build(),
            new HelloBuilder { Session = new byte[32], Suites = new byte[60], Extensions = new byte[120] }.Build(),
            new HelloBuilder { Cookie = new byte[32], MessageSequence = 1 }.Build(), // a cookie that is not ours
            HelloSplitter.Fragment(new HelloBuilder { Extensions = new byte[900] }.Build(), 0, 200),
            HelloSplitter.Fragment(new HelloBuilder { Cookie = new byte[32], MessageSequence = 1, Extensions = new byte[900] }.Build(), 0, 200),
        ];

        internal ManualResetEventSlim UnderWay { get; } = new();

        internal bool IsOver { get; private set; }

        internal int Sent { get; private set; }

        internal int MostPeers { get; private set; }

        internal int MostThreads { get; private set; }

        internal TimeSpan Duration { get; private set; }

        internal void Run()
        {
            long start = Stopwatch.GetTimestamp();
            SocketAddress target = server.LocalEndPoint.Serialize();
            for (int i = 0; i < Sources; i++)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(new IPAddress([127, (byte)(1 + (i >> 16)), (byte)(i >> 8), (byte)i]), 0));
                for (int j = 0; j < HellosPerSource; j++)
                {
                    socket.SendTo(_hellos[j % _hellos.Length], SocketFlags.None, target);
                    Sent++;
                }

                if (i % (_window / (2 * HellosPerSource)) == 0)
                {
                    Pace();
                }
            }

            Pace();
            Duration = Stopwatch.GetElapsedTime(start);
            IsOver = true;
        }

        private static int GrantedReceiveBuffer()
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.ReceiveBufferSize = new DtlsEndpointOptions().SocketBufferSize;
            return socket.ReceiveBufferSize;
        }

        private void Pace()
        {
            DtlsEndpointStatistics statistics = server.Statistics;
            long deadline = Stopwatch.GetTimestamp() + (60 * Stopwatch.Frequency);
            while (Sent - (statistics.HelloVerifyRequests - _answered) > _window / 2)
            {
                Assert.That(Stopwatch.GetTimestamp(), Is.LessThan(deadline), "the endpoint does not read");
                Thread.Yield();
                statistics = server.Statistics;
            }

            MostPeers = Math.Max(MostPeers, statistics.Peers);
            MostThreads = Math.Max(MostThreads, statistics.WorkerThreads);
            if (Sent > Sources)
            {
                UnderWay.Set();
            }
        }
    }
}
