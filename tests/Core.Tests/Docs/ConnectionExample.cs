using System.Collections.Concurrent;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The guide's example of DtlsConnection alone: DTLS over a transport of one's own.</summary>
internal sealed class ConnectionExample
{
    [Test]
    public void An_echo_over_a_transport_of_one_s_own()
    {
        BlockingThread run = BlockingThread.Start("example", () => Assert.That(Echo(TestContexts.Client, TestContexts.Server), Is.EqualTo("hello")));
        run.Join(Limits.Watchdog);
    }

    private static string Echo(DtlsContext clientContext, DtlsContext serverContext)
    {
        var toServer = new BlockingCollection<byte[]>(boundedCapacity: 100);
        var toClient = new BlockingCollection<byte[]>(boundedCapacity: 100);
        using var server = new DtlsConnection(serverContext, new QueueTransport(toServer, toClient), DtlsRole.Server);
        using var client = new DtlsConnection(clientContext, new QueueTransport(toClient, toServer), DtlsRole.Client);

        var serverThread = new Thread(() =>
        {
            server.Handshake(TimeSpan.FromSeconds(10));
            byte[] request = new byte[server.Negotiated!.MaxPayloadSize];
            while (server.Receive(request) is { HasData: true } received)
            {
                server.Send(request.AsSpan(0, received.Length));
            }
        });
        serverThread.Start();

        client.Handshake(TimeSpan.FromSeconds(10));
        client.Send("hello"u8);
        byte[] answer = new byte[100];
        DtlsReceiveResult result = client.Receive(answer, TimeSpan.FromSeconds(10));
        client.Close(); // the server's Receive says ClosedByPeer
        serverThread.Join();
        return System.Text.Encoding.UTF8.GetString(answer, 0, result.Length);
    }
}
