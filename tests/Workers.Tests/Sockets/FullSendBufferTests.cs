using System.Diagnostics;
using System.Net;
using FifoDtls.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoDtls.Tests;

/// <summary>The reader's thread answers ClientHellos, and no answer may hold it up.</summary>
public sealed class FullSendBufferTests
{
    /// <summary>
    /// A neighbour that does not answer ARP: what is sent to it stays in the socket's send buffer for three seconds, and a buffer as small as this is full after a few answers.
    /// </summary>
    [Test, Watchdog(120)]
    public void Answers_that_find_the_send_buffer_full_are_dropped_and_counted_and_hold_nobody_up([Values("0.0.0.0", NetworkNamespaces.FirstIPv4)] string local)
    {
        Requires.NetworkNamespace();
        const int count = 200;
        using NetworkNamespaces network = NetworkNamespaces.CreatePair();
        using UdpSocket socket = NamespaceThread.Make(network[0], () => new UdpSocket(new IPEndPoint(IPAddress.Parse(local), 0), 65_536, sendBufferSize: 4_096));
        var counters = new EndpointCounters();
        using var gate = new HandshakeGate(
            socket,
            new CookieKeys(TimeSpan.FromMinutes(1), TimeProvider.System),
            new TokenBucket(10_000_000, TimeProvider.System),
            counters,
            new DropReporter(NullLogger.Instance, TimeProvider.System));
        SocketAddress silent = new IPEndPoint(IPAddress.Parse("10.77.0.99"), 4433).Serialize();
        byte[] datagram = new HelloBuilder().Build();

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            Assert.That(ClientHello.TryParse(datagram, out ClientHello hello) && gate.Admits(hello, silent, out _), Is.False);
        }

        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(2)));
        Assert.That(counters.HelloVerifyRequests, Is.EqualTo(count));
        Assert.That(socket.SendErrors, Is.InRange(1, count - 1), "some found room, the others none");
    }
}
