using FifoDtls.Tests.Docs;

namespace FifoDtls.Tests;

/// <summary>Batches through two endpoints.</summary>
public sealed class PeerBatchTests
{
    [Test, Watchdog(60)]
    public void A_batch_crosses_two_endpoints_with_and_without_offload([Values] bool clientOffload, [Values] bool serverOffload)
    {
        const int count = 60; // less than a FIFO holds
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback, ServerContext = TestContexts.Server, Session = LibraryExamples.Batches, SegmentationOffload = serverOffload,
        });
        using DtlsEndpoint client = new(new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ClientContext = TestContexts.Client, SegmentationOffload = clientOffload });
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        Random random = new(1);
        byte[] received = new byte[200_000];
        int[] receivedLengths = new int[128];
        for (int round = 0; round < 50; round++)
        {
            int size = random.Next(1, peer.Negotiated!.MaxPayloadSize + 1);
            int[] lengths = [.. Enumerable.Range(0, count).Select(_ => random.Next(6) == 0 ? random.Next(1, size + 1) : size)];
            byte[] payloads = new byte[lengths.Sum()];
            random.NextBytes(payloads);

            peer.SendBatch(payloads, lengths);

            int taken = 0;
            for (int at = 0; taken < count;)
            {
                DtlsReceiveResult result = peer.ReceiveBatch(received, receivedLengths, out int batch, TestEndpoints.Limit);
                Assert.That(result.HasData, Is.True);
                Assert.That(receivedLengths[..batch], Is.EqualTo(lengths[taken..(taken + batch)]));
                Assert.That(received.AsSpan(0, result.Length).SequenceEqual(payloads.AsSpan(at, result.Length)), Is.True);
                taken += batch;
                at += result.Length;
            }
        }

        Assert.That(peer.FifoStatistics.DroppedFull, Is.Zero);
        Assert.That(client.Statistics.DatagramsSent, Is.AtLeast(50 * count), "datagrams are counted, not system calls");
        Assert.That(server.Statistics.DatagramsReceived, Is.AtLeast(50 * count));
        Assert.That(server.Statistics.BytesReceived, Is.EqualTo(client.Statistics.BytesSent));
        Assert.That((server.Statistics.DatagramsInvalid, client.Statistics.DatagramsInvalid), Is.EqualTo((0L, 0L)));
    }

    [Test, Watchdog(60)]
    public void A_batch_to_a_peer_that_is_closed_is_refused_and_counted()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        peer.Close();
        Assert.That(() => peer.SendBatch([1, 2], [1, 1]), Throws.InstanceOf<DtlsException>());
        Assert.That(client.Statistics.SendsAfterDisposal + client.Statistics.SendsWithoutAssociation, Is.EqualTo(1));
    }
}
