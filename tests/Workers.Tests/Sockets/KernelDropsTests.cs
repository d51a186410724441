using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

[Platform("Linux")]
public sealed class KernelDropsTests
{
    private const int Flood = 2_000;

    [Test, Watchdog(60)]
    public void What_the_system_drops_while_the_reader_is_stalled_is_counted()
    {
        using var stalled = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var log = new LogCapture
        {
            Logging = id =>
            {
                if (id == LogCapture.Dropped) // logged by the reader, of the first stranger
                {
                    stalled.Set();
                    goOn.Wait(TestEndpoints.Limit);
                }
            },
        };
        using var server = new DtlsEndpoint(
            new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ServerContext = TestContexts.Server, SocketBufferSize = 16_384 }, log);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        byte[] datagram = new byte[1_000];
        stranger.SendTo(datagram, server.LocalEndPoint);
        Assert.That(stalled.Wait(TestEndpoints.Limit), Is.True);
        Assert.That(server.Statistics.KernelDrops, Is.Zero);

        for (int i = 0; i < Flood; i++)
        {
            stranger.SendTo(datagram, server.LocalEndPoint);
        }

        long drops = server.Statistics.KernelDrops;
        goOn.Set();
        Assert.That(drops, Is.InRange(1, Flood - 1));
        Eventually.Equal(1 + Flood, () => server.Statistics.DatagramsReceived + server.Statistics.KernelDrops, TestEndpoints.Limit, "each datagram is either received or dropped");
        Assert.That(server.Statistics.KernelDrops, Is.EqualTo(drops));
        server.Dispose();
        Assert.That(server.Statistics.KernelDrops, Is.EqualTo(drops), "also after the end");
    }

    [Test, Watchdog(30)]
    public void The_log_tells_what_the_system_granted_of_the_buffer()
    {
        using var small = new UdpSocket(TestEndpoints.Loopback, 100_000, 100_000);
        using var large = new UdpSocket(TestEndpoints.Loopback, 1 << 30, 65_536);
        long most = long.Parse(File.ReadAllText("/proc/sys/net/core/rmem_max"));
        var log = new LogCapture();
        using (new DtlsEndpoint(
            new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ServerContext = TestContexts.Server, SocketBufferSize = 100_000 }, log))
        {
        }

        Assert.That(small.UsableReceiveBufferSize, Is.EqualTo(100_000));
        Assert.That(large.UsableReceiveBufferSize, Is.EqualTo(most), "no more than net.core.rmem_max");
        Assert.That(log.Of(1).Single(), Does.Contain("socket receive buffer 100000 bytes of 100000 wanted; segmentation offload: sending "));
    }
}
