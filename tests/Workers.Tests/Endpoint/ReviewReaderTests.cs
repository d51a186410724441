using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class ReviewReaderTests
{
    /// <summary>All peers live on the reader: what goes wrong with a stranger's datagram must not end it.</summary>
    [Test, Watchdog(60)]
    public void A_datagram_that_cannot_be_dealt_with_costs_itself_only()
    {
        int thrown = 0;
        var log = new LogCapture
        {
            Logging = id =>
            {
                if (id == LogCapture.Dropped)
                {
                    Interlocked.Increment(ref thrown);
                    throw new InvalidOperationException("this logger fails");
                }
            },
        };
        using DtlsEndpoint server = TestEndpoints.EchoServer(log);
        using var client = new RawClient(server.LocalEndPoint);
        EchoClient echo = EchoClient.Of(client.Connect());
        echo.RoundTrip();

        using (var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            stranger.SendTo([1, 2, 3], server.LocalEndPoint);
        }

        Eventually.Equal(1, () => Volatile.Read(ref thrown), TestEndpoints.Limit, "the failures of the logger");
        echo.RoundTrips(5);
        Assert.That(log.Of(LogCapture.ReaderFailed), Is.Empty);
        Assert.That(log.Of(6), Has.Count.EqualTo(1), "the lost datagram is told");
    }
}
