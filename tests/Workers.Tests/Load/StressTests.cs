using System.Buffers.Binary;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class StressTests
{
    private const int Clients = 50;
    private const int Iterations = 4;
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(240)]
    public void Fifty_clients_connect_echo_and_close_from_either_side_without_harm()
    {
        Eventually.Equal(0, () => ProcessState.EndpointThreads, Limit, "the threads that earlier tests left");
        int sockets = ProcessState.Sockets;
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        int session = 0;
        var log = new LogCapture();
        using (DtlsEndpoint server = new(
            new DtlsEndpointOptions
            {
                LocalEndPoint = TestEndpoints.Loopback,
                ServerContext = TestContexts.Server,
                Session = peer => EchoSome(peer, new Random(seed + Interlocked.Increment(ref session))),
            },
            log))
        {
            BlockingThread.JoinAll(TimeSpan.FromSeconds(200), [.. Enumerable.Range(0, Clients).Select(tag =>
                BlockingThread.Start($"client {tag}", () => RunClient(server, tag, new Random(seed ^ (tag + 1)))))]);

            Eventually.Equal((0, 0), () => (server.Statistics.Peers, server.Statistics.AcceptingHandshakes), Limit, "the number of peers and handshakes");
            Assert.That(server.Statistics.Accepted, Is.EqualTo(Clients * Iterations));
            Assert.That(log.Of(LogCapture.CallbackFailed), Is.Empty);
        }

        Eventually.Equal(0, () => ProcessState.EndpointThreads, Limit, "the number of threads");
        Eventually.Equal(sockets, () => ProcessState.Sockets, Limit, "the number of sockets");
    }

    private static void EchoSome(DtlsPeer peer, Random random)
    {
        byte[] buffer = new byte[2048];
        for (int left = random.Next(1, 40); left > 0; left--)
        {
            DtlsReceiveResult result = peer.Receive(buffer);
            if (!result.HasData)
            {
                return;
            }

            peer.Send(buffer.AsSpan(0, result.Length));
        }
    }

    private static void RunClient(DtlsEndpoint server, int tag, Random random)
    {
        using DtlsEndpoint endpoint = TestEndpoints.Client();
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            using DtlsPeer peer = endpoint.Connect(server.LocalEndPoint);
            for (int left = random.Next(1, 40), number = 0; left > 0 && Ask(peer, tag, number, random); left--, number++)
            {
            }

            if (random.Next(2) == 0)
            {
                peer.Close();
            }
        }
    }

    /// <returns><see langword="false"/> when the server has closed.</returns>
    private static bool Ask(DtlsPeer peer, int tag, int number, Random random)
    {
        byte[] request = new byte[random.Next(8, 1_200)];
        BinaryPrimitives.WriteInt32BigEndian(request, tag);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), number);
        byte[] answer = new byte[2048];
        for (int attempt = 0; attempt < 10; attempt++)
        {
            peer.Send(request);
            DtlsReceiveResult result = peer.Receive(answer, TimeSpan.FromSeconds(2));
            switch (result.Status)
            {
                case DtlsReceiveStatus.ClosedByPeer:
                    return false;
                case DtlsReceiveStatus.Data when answer.AsSpan(0, result.Length).SequenceEqual(request):
                    return true;
                case DtlsReceiveStatus.Data:
                    Assert.That(BinaryPrimitives.ReadInt32BigEndian(answer), Is.EqualTo(tag), "another client's payload");
                    break;
                default:
                    Assert.That(result.Status, Is.EqualTo(DtlsReceiveStatus.TimedOut));
                    break;
            }
        }

        Assert.Fail($"Client {tag} got no answer.");
        return false;
    }
}
