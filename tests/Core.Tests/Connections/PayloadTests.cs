using System.Buffers.Binary;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Payloads keep their bytes, their order and their boundaries.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class PayloadTests
{
    [Test]
    public void Payloads_of_every_size_are_echoed_intact()
    {
        using DtlsPair pair = DtlsPair.Established(recording: false);
        int limit = pair.Client.Negotiated!.MaxPayloadSize;
        byte[] buffer = new byte[limit];
        Random random = new(Seed.Next());
        for (int size = 1; size <= limit; size++)
        {
            byte[] payload = new byte[size];
            random.NextBytes(payload);
            pair.Client.Send(payload);
            DtlsReceiveResult there = pair.Server.Receive(buffer, Limits.Watchdog);
            pair.Server.Send(buffer.AsSpan(0, there.Length));
            buffer.AsSpan().Clear();
            DtlsReceiveResult back = pair.Client.Receive(buffer, Limits.Watchdog);
            Assert.That(buffer.AsSpan(0, back.Length).SequenceEqual(payload), Is.True, $"the payload of {size} bytes");
        }

        DtlsConnectionStatistics statistics = pair.Client.Statistics;
        long bytes = (long)limit * (limit + 1) / 2;
        Assert.That((statistics.PayloadsSent, statistics.PayloadsReceived), Is.EqualTo(((long)limit, (long)limit)));
        Assert.That((statistics.PayloadBytesSent, statistics.PayloadBytesReceived), Is.EqualTo((bytes, bytes)));
        Assert.That(statistics.DatagramsInvalid, Is.Zero);
    }

    [Test]
    public void One_Send_is_one_record_in_one_datagram()
    {
        using DtlsPair pair = DtlsPair.Established();
        int before = pair.Link.ToServer.Count;
        pair.Client.Send(new byte[10]);
        pair.Client.Send(new byte[20]);
        byte[][] datagrams = [.. pair.Link.ToServer.Sent.Skip(before)];
        Assert.That(datagrams, Has.Length.EqualTo(2));
        Assert.That(datagrams.Select(datagram => Tests.Records.Split(datagram).Count), Has.All.EqualTo(1));
        byte[] buffer = new byte[1000];
        Assert.That(pair.Server.Receive(buffer, Limits.Watchdog).Length, Is.EqualTo(10));
        Assert.That(pair.Server.Receive(buffer, Limits.Watchdog).Length, Is.EqualTo(20));
    }

    [Test]
    public void A_datagram_with_several_records_yields_all_of_them_without_a_wait()
    {
        using DtlsPair pair = DtlsPair.Established();
        List<byte> combined = [];
        pair.Link.ToServer.Interceptor = (_, datagram, _) => combined.AddRange(datagram);
        for (byte i = 1; i <= 5; i++)
        {
            pair.Client.Send(Enumerable.Repeat(i, i).ToArray());
        }

        pair.Link.ToServer.Deliver(combined.ToArray());
        byte[] buffer = new byte[100];
        for (byte i = 1; i <= 5; i++)
        {
            Assert.That(pair.Server.TryReceive(buffer, out DtlsReceiveResult result), Is.True);
            Assert.That(buffer[..result.Length], Is.EqualTo(Enumerable.Repeat(i, i).ToArray()));
        }

        Assert.That(pair.Server.TryReceive(buffer, out _), Is.False);
        Assert.That(pair.Server.Statistics.DatagramsInvalid, Is.Zero);
    }

    [TestCase(1), TestCase(99), TestCase(100), TestCase(1200)]
    public void A_receive_buffer_that_is_too_small_is_an_error_that_names_both_sizes_and_loses_only_that_payload(int size)
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Client.Send(new byte[size + 1]);
        pair.Client.Send(Enumerable.Repeat((byte)7, size).ToArray());
        byte[] buffer = new byte[size];
        Assert.That(
            () => pair.Server.Receive(buffer, Limits.Watchdog),
            Throws.ArgumentException.With.Message.Contains($"{size + 1} bytes").And.Message.Contains($"the buffer {size}"));
        Assert.That(pair.Server.Receive(buffer, Limits.Watchdog).Length, Is.EqualTo(size));
        Assert.That(buffer, Has.All.EqualTo(7));
        Assert.That(pair.Server.Statistics.PayloadsReceived, Is.EqualTo(1));
        pair.AssertAlive();
    }

    [Test]
    public void A_buffer_that_is_too_small_for_one_of_several_records_loses_only_that_one()
    {
        using DtlsPair pair = DtlsPair.Established();
        List<byte> combined = [];
        pair.Link.ToServer.Interceptor = (_, datagram, _) => combined.AddRange(datagram);
        pair.Client.Send(new byte[500]);
        pair.Client.Send([1, 2, 3]);
        pair.Link.ToServer.Deliver(combined.ToArray());
        byte[] buffer = new byte[3];
        Assert.That(() => pair.Server.Receive(buffer, Limits.Watchdog), Throws.ArgumentException.With.Message.Contains("500"));
        Assert.That(pair.Server.Receive(buffer, Limits.Watchdog).Length, Is.EqualTo(3));
        Assert.That(buffer, Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void An_empty_receive_buffer_is_refused_and_loses_nothing()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Client.Send([1]);
        Assert.That(() => pair.Server.Receive([], Limits.Watchdog), Throws.ArgumentException);
        Assert.That(pair.Server.Receive(new byte[10], Limits.Watchdog).Length, Is.EqualTo(1));
    }

    [Test]
    public void Payloads_that_overtake_the_Finished_are_kept_and_keep_their_boundaries()
    {
        using DtlsPair pair = new();
        List<byte[]> held = [];
        // A server whose last flight leaves in two datagrams, the second of which is overtaken.
        pair.Link.ToClient.Interceptor = (_, datagram, deliver) =>
        {
            List<byte[]> records = Tests.Records.Split(datagram);
            int change = records.FindIndex(record => record[0] == DtlsRecord.ChangeCipherSpec);
            held.AddRange(change < 0 ? [] : records.Skip(change + 1));
            deliver((change < 0 ? records : records.Take(change + 1)).SelectMany(record => record).ToArray());
        };
        BlockingThread client = BlockingThread.Start("client", () => pair.Client.Handshake(Limits.Watchdog));
        pair.Server.Handshake(Limits.Watchdog);
        pair.Link.ToClient.Interceptor = null;
        byte[][] payloads = [Enumerable.Repeat((byte)1, 100).ToArray(), Enumerable.Repeat((byte)2, 50).ToArray()];
        foreach (byte[] payload in payloads)
        {
            pair.Server.Send(payload);
        }

        held.ForEach(record => pair.Link.ToClient.Deliver(record));
        client.Join(Limits.Watchdog);
        byte[] buffer = new byte[100];
        foreach (byte[] payload in payloads)
        {
            DtlsReceiveResult result = pair.Client.Receive(buffer, Limits.Watchdog);
            Assert.That(buffer[..result.Length], Is.EqualTo(payload));
        }
    }

    [Test]
    public void Many_threads_send_while_one_receives_and_every_payload_comes_back_intact()
    {
        const int Senders = 8;
        const int PerSender = 5_000;
        const int Window = 512; // in flight at most, so that no FIFO overflows
        using DtlsPair pair = DtlsPair.Established(transport: new FifoTransportOptions { Capacity = 2 * Window }, recording: false);
        using SemaphoreSlim window = new(Window);
        BlockingThread echo = BlockingThread.Start("echo", () => Echo(pair.Server, Senders * PerSender));
        BlockingThread<int[]> receiver = BlockingThread.Start("receiver", () => CountIntact(pair.Client, window, Senders, PerSender));
        BlockingThread[] senders = [.. Enumerable.Range(0, Senders).Select(number => BlockingThread.Start(
            $"sender {number}",
            () => SendNumbered(pair.Client, window, number, PerSender)))];
        BlockingThread.JoinAll(Limits.LongWatchdog, [.. senders, echo, receiver]);
        Assert.That(receiver.Join(Limits.Watchdog), Has.All.EqualTo(PerSender));
        Assert.That(pair.Client.Statistics.DatagramsInvalid + pair.Server.Statistics.DatagramsInvalid, Is.Zero);
    }

    [Test]
    public void A_blocked_receiver_does_not_delay_a_sender()
    {
        using DtlsPair pair = DtlsPair.Established();
        BlockingThread<DtlsReceiveResult> receiver = BlockingThread.Start("receiver", () => pair.Client.Receive(new byte[10], Limits.LongWatchdog));
        receiver.WaitUntilBlocked(Limits.Watchdog);
        Watchdog.Run(Limits.Watchdog, () => pair.Client.Send([1, 2]), "a Send beside a blocked Receive");
        Assert.That(receiver.IsAlive, Is.True, "the receiver is still waiting");
        byte[] buffer = new byte[10];
        Assert.That(pair.Server.Receive(buffer, Limits.Watchdog).Length, Is.EqualTo(2));
        pair.Server.Send([3]);
        Assert.That(receiver.Join(Limits.Watchdog).Length, Is.EqualTo(1));
    }

    [Test]
    public void A_second_receiver_is_refused_while_the_first_waits()
    {
        using DtlsPair pair = DtlsPair.Established();
        BlockingThread<DtlsReceiveResult> receiver = BlockingThread.Start("receiver", () => pair.Client.Receive(new byte[10], Limits.LongWatchdog));
        receiver.WaitUntilBlocked(Limits.Watchdog);
        Assert.That(() => pair.Client.Receive(new byte[10], TimeSpan.Zero), Throws.InvalidOperationException.With.Message.Contains("one at a time"));
        pair.Server.Send([1]);
        Assert.That(receiver.Join(Limits.Watchdog).HasData, Is.True);
        Assert.That(pair.Client.TryReceive(new byte[10], out _), Is.False, "the next may receive now");
    }

    private static void Echo(DtlsConnection connection, int count)
    {
        byte[] buffer = new byte[2048];
        for (int i = 0; i < count; i++)
        {
            DtlsReceiveResult result = connection.Receive(buffer, Limits.Watchdog);
            Assert.That(result.HasData, Is.True);
            connection.Send(buffer.AsSpan(0, result.Length));
        }
    }

    private static void SendNumbered(DtlsConnection connection, SemaphoreSlim window, int sender, int count)
    {
        byte[] payload = new byte[1300];
        for (int number = 0; number < count; number++)
        {
            Assert.That(window.Wait(Limits.Watchdog), Is.True, "the echoes keep coming");
            int size = Fill(payload, sender, number);
            connection.Send(payload.AsSpan(0, size));
        }
    }

    private static int[] CountIntact(DtlsConnection connection, SemaphoreSlim window, int senders, int perSender)
    {
        int[] counts = new int[senders];
        byte[] buffer = new byte[2048];
        byte[] expected = new byte[1300];
        for (int i = 0; i < senders * perSender; i++)
        {
            DtlsReceiveResult result = connection.Receive(buffer, Limits.Watchdog);
            Assert.That(result.HasData, Is.True);
            int sender = BinaryPrimitives.ReadInt32LittleEndian(buffer);
            // The FIFOs keep the order, and so does each sender.
            int size = Fill(expected, sender, counts[sender]++);
            Assert.That(buffer.AsSpan(0, result.Length).SequenceEqual(expected.AsSpan(0, size)), Is.True);
            window.Release();
        }

        return counts;
    }

    private static int Fill(Span<byte> payload, int sender, int number)
    {
        int size = 8 + (number * 31 % 1200);
        payload[..size].Fill((byte)(sender + number));
        BinaryPrimitives.WriteInt32LittleEndian(payload, sender);
        BinaryPrimitives.WriteInt32LittleEndian(payload[4..], number);
        return size;
    }
}
