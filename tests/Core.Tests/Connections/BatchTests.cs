using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Many payloads in one call, both ways.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class BatchTests
{
    [Test]
    public void A_batch_of_any_sizes_arrives_whole_in_order_and_with_its_boundaries()
    {
        using DtlsPair pair = DtlsPair.Established(transport: new FifoTransportOptions { Capacity = 1_000 });
        int seed = Seed.Next();
        Random random = new(seed);
        byte[] received = new byte[200_000];
        int[] receivedLengths = new int[1_000];
        for (int round = 0; round < 50; round++)
        {
            int[] lengths = [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => random.Next(1, pair.Client.Negotiated!.MaxPayloadSize + 1))];
            byte[] payloads = new byte[lengths.Sum()];
            random.NextBytes(payloads);
            pair.Client.SendBatch(payloads, lengths);

            int at = 0;
            int taken = 0;
            while (taken < lengths.Length)
            {
                DtlsReceiveResult result = pair.Server.ReceiveBatch(received, receivedLengths, out int count, Limits.Watchdog);
                Assert.That(result.HasData, Is.True);
                Assert.That(receivedLengths[..count], Is.EqualTo(lengths[taken..(taken + count)]), $"seed {seed}");
                Assert.That(received.AsSpan(0, result.Length).SequenceEqual(payloads.AsSpan(at, result.Length)), Is.True, $"seed {seed}");
                Assert.That(result.Length, Is.EqualTo(receivedLengths[..count].Sum()));
                taken += count;
                at += result.Length;
            }
        }

        Assert.That(pair.Server.Statistics.PayloadsReceived, Is.EqualTo(pair.Client.Statistics.PayloadsSent));
        Assert.That(pair.Server.Statistics.PayloadBytesReceived, Is.EqualTo(pair.Client.Statistics.PayloadBytesSent));
        Assert.That(pair.Server.Statistics.DatagramsInvalid, Is.Zero);
    }

    [Test]
    public void A_batch_is_one_record_a_payload_and_one_datagram_a_record_and_goes_to_the_transport_in_one_call()
    {
        using DtlsPair pair = DtlsPair.Established();
        int before = pair.Link.ToServer.Count;
        long sent = pair.Client.Statistics.DatagramsSent;
        pair.Client.SendBatch(new byte[60], [10, 20, 30]);
        byte[][] datagrams = [.. pair.Link.ToServer.Sent.Skip(before)];
        Assert.That(datagrams.Select(datagram => Tests.Records.Split(datagram).Count), Is.EqualTo((int[])[1, 1, 1]));
        Assert.That(datagrams.Select(datagram => datagram.Length - datagrams[0].Length), Is.EqualTo((int[])[0, 10, 20]));
        Assert.That(pair.Client.Statistics.DatagramsSent - sent, Is.EqualTo(3));
    }

    [Test]
    public void What_a_batch_hands_to_the_transport_is_bounded_in_number_and_bytes()
    {
        List<int[]> calls = [];
        FifoTransport? server = null;
        FifoTransport? client = null;
        using var clientTransport = client = new FifoTransport(datagram => server!.Push(datagram), null, (datagrams, lengths) =>
        {
            calls.Add(lengths.ToArray());
            foreach (int length in lengths)
            {
                server!.Push(datagrams[..length]);
                datagrams = datagrams[length..];
            }
        });
        using var serverTransport = server = new FifoTransport(datagram => client.Push(datagram), new FifoTransportOptions { Capacity = 1_000 });
        using DtlsConnection one = new(TestContexts.Client, client, DtlsRole.Client);
        using DtlsConnection other = new(TestContexts.Server, server, DtlsRole.Server);
        BlockingThread handshake = BlockingThread.Start("server", () => other.Handshake(Limits.Watchdog));
        one.Handshake(Limits.Watchdog);
        handshake.Join(Limits.Watchdog);

        one.SendBatch(new byte[150 * 5], [.. Enumerable.Repeat(5, 150)]);
        Assert.That(calls.Select(lengths => lengths.Length), Is.EqualTo((int[])[64, 64, 22]));
        calls.Clear();
        one.SendBatch(new byte[100 * 1_300], [.. Enumerable.Repeat(1_300, 100)]);
        Assert.That(calls.Select(lengths => lengths.Sum()), Has.All.AtMost(FifoBio.MaxBatchBytes));
        Assert.That(calls.Sum(lengths => lengths.Length), Is.EqualTo(100));
        calls.Clear();
        one.SendBatch(new byte[7], [7]);
        Assert.That(calls, Is.Empty, "one datagram is sent as such");
        Assert.That(server.Statistics.DroppedFull, Is.Zero);
    }

    [Test]
    public void A_batch_with_a_payload_that_can_not_be_sent_sends_nothing()
    {
        using DtlsPair pair = DtlsPair.Established();
        int limit = pair.Client.Negotiated!.MaxPayloadSize;
        long before = pair.Client.Statistics.DatagramsSent;
        Assert.That(() => pair.Client.SendBatch(new byte[limit + 11], [10, limit + 1]), Throws.ArgumentException.With.Message.Contains($"1 to {limit}"));
        Assert.That(() => pair.Client.SendBatch(new byte[10], [10, 0]), Throws.ArgumentException.With.Message.Contains("has 0"));
        Assert.That(() => pair.Client.SendBatch(new byte[10], [20, -10]), Throws.ArgumentException.With.Message.Contains("has -10"));
        Assert.That(() => pair.Client.SendBatch(new byte[10], [5, 4]), Throws.ArgumentException.With.Message.Contains("9 bytes").And.Message.Contains("have 10"));
        Assert.That(() => pair.Client.SendBatch(new byte[10], []), Throws.ArgumentException);
        Assert.That(() => pair.Client.SendBatch([], []), Throws.Nothing);
        Assert.That(pair.Client.Statistics.DatagramsSent, Is.EqualTo(before));
        pair.AssertAlive();
    }

    [Test]
    public void A_batch_is_refused_before_the_handshake_and_after_the_end_like_a_Send()
    {
        using DtlsPair pair = new();
        Assert.That(() => pair.Client.SendBatch([1], [1]), Throws.InvalidOperationException);
        Assert.That(() => pair.Client.ReceiveBatch(new byte[1], new int[1], out _, TimeSpan.Zero), Throws.InvalidOperationException);
        pair.Handshake();
        pair.Client.Close();
        Assert.That(() => pair.Client.SendBatch([1], [1]), Throws.TypeOf<DtlsClosedException>());
        Assert.That(pair.Client.ReceiveBatch(new byte[1], new int[1], out int count, Limits.Watchdog).Status, Is.EqualTo(DtlsReceiveStatus.ClosedLocally));
        Assert.That(count, Is.Zero);
        pair.Client.Dispose();
        Assert.That(() => pair.Client.SendBatch([1], [1]), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_transport_that_ends_or_fails_ends_a_batch_as_it_ends_a_Send()
    {
        using (DtlsPair ended = DtlsPair.Established())
        {
            ended.Link.Client.Dispose();
            Assert.That(() => ended.Client.SendBatch([1, 2], [1, 1]), Throws.TypeOf<DtlsClosedException>());
        }

        using DtlsPair failing = DtlsPair.Established();
        failing.Link.ToServer.Interceptor = (_, _, _) => throw new IOException("the cable is cut");
        Assert.That(() => failing.Client.SendBatch([1, 2], [1, 1]), Throws.InstanceOf<DtlsException>().With.Message.Contains("the cable is cut"));
        Assert.That(failing.Client.State, Is.EqualTo(DtlsConnectionState.Failed));
    }

    [Test]
    public void Payloads_are_delivered_before_the_end_that_comes_behind_them()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Client.SendBatch([1, 2, 3], [1, 1, 1]);
        pair.Client.Close();
        byte[] buffer = new byte[100_000];
        int[] lengths = new int[10];
        Assert.That(pair.Server.ReceiveBatch(buffer, lengths, out int count, Limits.Watchdog), Is.EqualTo(new DtlsReceiveResult(DtlsReceiveStatus.Data, 3)));
        Assert.That((count, buffer[..3]), Is.EqualTo((3, new byte[] { 1, 2, 3 })));
        Assert.That(pair.Server.ReceiveBatch(buffer, lengths, out count, Limits.Watchdog).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        Assert.That(count, Is.Zero);
    }

    [Test]
    public void A_batch_that_is_received_has_no_more_payloads_than_there_is_room_for_and_loses_none()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Client.SendBatch(new byte[50], [.. Enumerable.Repeat(10, 5)]);
        byte[] buffer = new byte[DtlsRecord.MaxPlaintextSize + 20];
        int[] lengths = new int[2];
        Assert.That(Receive(), Is.EqualTo(2), "two lengths");
        lengths = new int[10];
        Assert.That(Receive(), Is.EqualTo(3), "room for a largest payload behind the second");
        pair.Client.SendBatch(new byte[30], [10, 10, 10]);
        buffer = new byte[10];
        Assert.That((Receive(), Receive(), Receive()), Is.EqualTo((1, 1, 1)));
        Assert.That(() => pair.Server.ReceiveBatch(buffer, [], out _, Limits.Watchdog), Throws.ArgumentException);
        Assert.That(() => pair.Server.ReceiveBatch([], lengths, out _, Limits.Watchdog), Throws.ArgumentException);

        int Receive()
        {
            Assert.That(pair.Server.ReceiveBatch(buffer, lengths, out int count, Limits.Watchdog).Length, Is.EqualTo(10 * count));
            return count;
        }
    }

    [Test]
    public void Worthless_datagrams_among_a_batch_cost_nothing_but_themselves()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Client.SendBatch([1, 2], [1, 1]);
        byte[] copy = pair.Link.ToServer.Sent.Last();
        pair.Link.ToServer.Deliver(copy);
        pair.Link.ToServer.Deliver([1, 2, 3]);
        pair.Client.Send([3]);
        byte[] buffer = new byte[100_000];
        int[] lengths = new int[10];
        List<byte> received = [];
        while (received.Count < 3)
        {
            received.AddRange(buffer[..pair.Server.ReceiveBatch(buffer, lengths, out _, Limits.Watchdog).Length]);
        }

        Assert.That(received, Is.EqualTo(new byte[] { 1, 2, 3 }));
        pair.AssertAlive();
        Assert.That(pair.Server.Statistics.DatagramsInvalid, Is.EqualTo(2));
    }
}
