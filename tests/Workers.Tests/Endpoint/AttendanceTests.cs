using System.Runtime.CompilerServices;

namespace FifoDtls.Tests;

/// <summary>A peer that waits to be accepted, and a system that gives no thread to look after it.</summary>
public sealed class AttendanceTests
{
    private const byte ChangeCipherSpec = 20; // what the server's last flight begins with

    [Test, Watchdog(60)]
    public void A_client_whose_repetition_finds_no_thread_is_answered_at_a_later_one()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        int refusals = 0;
        int lost = 0;
        Action<Thread> start = StartOf(WorkersOf(server));
        using var relay = new LossyRelay(server.LocalEndPoint, datagram =>
        {
            if (datagram[0] != ChangeCipherSpec || lost++ > 0)
            {
                return false;
            }

            StartOf(WorkersOf(server)) = thread =>
            {
                if (Interlocked.Increment(ref refusals) == 1)
                {
                    throw new OutOfMemoryException();
                }

                start(thread);
            };
            return true;
        });
        using DtlsEndpoint client = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ClientContext = TestContexts.Client,
            RetransmissionTimeout = TimeSpan.FromMilliseconds(200),
            HandshakeTimeout = TimeSpan.FromSeconds(15),
        });

        using DtlsPeer peer = client.Connect(relay.LocalEndPoint);

        Assert.That(peer.IsEstablished, Is.True);
        Assert.That(refusals, Is.GreaterThanOrEqualTo(2), "one repetition found no thread");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_workers")]
    private static extern ref WorkerThreads WorkersOf(DtlsEndpoint endpoint);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Start>k__BackingField")]
    private static extern ref Action<Thread> StartOf(WorkerThreads threads);
}
