using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// libssl's buffers for records are given back while nothing comes. libssl writes to address 0 when they are missing where it writes, so that a mistake here ends the process of the tests.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(120_000)]
internal sealed class IdleBuffersTests
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromTicks(1);

    /// <summary>A pair of which <paramref name="idle"/>, or both sides, have given their buffers back.</summary>
    private static DtlsPair Idle(DtlsRole? idle = null)
    {
        DtlsPair pair = DtlsPair.Established();
        foreach (DtlsRole role in (DtlsRole[])[DtlsRole.Client, DtlsRole.Server])
        {
            if (idle is null || idle == role)
            {
                MakeIdle(pair[role]);
            }
        }

        return pair;
    }

    private static void MakeIdle(DtlsConnection connection)
    {
        connection.BuffersKept = AtOnce;
        DtlsReceiveStatus status = default;
        Eventually.True(
            () => (status = connection.Receive(new byte[1], TimeSpan.FromMilliseconds(2)).Status) != DtlsReceiveStatus.TimedOut || connection.BuffersReleased,
            Limits.Watchdog,
            "the buffers are given back");
        Assert.That(status, Is.EqualTo(DtlsReceiveStatus.TimedOut));
    }

    [Test]
    public void They_are_kept_while_a_wait_is_shorter_and_when_nobody_waits()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Client.BuffersKept = TimeSpan.FromMinutes(10);
        Assert.That(pair.Client.TryReceive(new byte[10], out _), Is.False);
        Assert.That(pair.Client.Receive(new byte[10], TimeSpan.FromMilliseconds(10)).HasData, Is.False);
        Assert.That(pair.Client.BuffersReleased, Is.False);
        pair.Server.BuffersKept = Timeout.InfiniteTimeSpan;
        Assert.That(pair.Server.Receive(new byte[10], TimeSpan.FromMilliseconds(10)).HasData, Is.False);
        Assert.That(pair.Server.BuffersReleased, Is.False);
    }

    [Test]
    public void Payloads_go_both_ways_after_it()
    {
        using DtlsPair pair = Idle();
        for (int i = 0; i < 20; i++)
        {
            pair.AssertAlive();
            MakeIdle(pair.Client);
            MakeIdle(pair.Server);
        }
    }

    [Test]
    public void A_blocked_receiver_gets_the_payload_and_another_thread_sends_meanwhile([Values] DtlsRole idle)
    {
        using DtlsPair pair = DtlsPair.Established();
        DtlsRole other = idle == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;
        pair[idle].BuffersKept = AtOnce;
        BlockingThread<DtlsReceiveResult> receiver = BlockingThread.Start("receiver", () => pair[idle].Receive(new byte[100]));
        Eventually.True(() => pair[idle].BuffersReleased, Limits.Watchdog, "the buffers are given back");
        pair.AssertDelivers(idle, "from where the receiver is blocked");
        pair[other].Send("wakes the receiver"u8);
        Assert.That(receiver.Join(Limits.Watchdog).Length, Is.EqualTo("wakes the receiver".Length));
    }

    [Test]
    public void A_payload_that_is_sent_alone_only_borrows_them_and_more_of_them_keep_them()
    {
        using DtlsPair pair = Idle(DtlsRole.Client);
        pair.Client.BuffersBorrowedAtMostEvery = TimeSpan.Zero;
        pair.AssertDelivers(DtlsRole.Client);
        Assert.That(pair.Client.BuffersReleased, Is.True);
        pair.Client.BuffersBorrowedAtMostEvery = TimeSpan.MaxValue;
        pair.AssertDelivers(DtlsRole.Client);
        Assert.That(pair.Client.BuffersReleased, Is.False);
        pair.AssertAlive();
    }

    [Test]
    public void Either_side_closes([Values] DtlsRole idle, [Values] bool byThePeer)
    {
        using DtlsPair pair = Idle(idle);
        DtlsRole other = idle == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;
        int sent = pair.Link.From(idle).Count;
        DtlsConnection closing = pair[byThePeer ? other : idle];
        DtlsConnection closed = pair[byThePeer ? idle : other];
        closing.Close();
        Assert.That(closed.Receive(new byte[10], Limits.Watchdog).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        Assert.That(pair.Link.From(idle).Count, Is.EqualTo(sent + 1), "a close_notify, or the answer to one");
    }

    [Test]
    public void Close_and_Dispose_end_a_blocked_receiver_and_the_peer_is_told([Values] bool dispose)
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Server.BuffersKept = AtOnce;
        BlockingThread<DtlsReceiveResult> receiver = BlockingThread.Start("receiver", () => pair.Server.Receive(new byte[100]));
        Eventually.True(() => pair.Server.BuffersReleased, Limits.Watchdog, "the buffers are given back");
        if (dispose)
        {
            pair.Server.Dispose();
            Assert.That(() => receiver.Join(Limits.Watchdog), Throws.InstanceOf<ObjectDisposedException>());
        }
        else
        {
            pair.Server.Close();
            Assert.That(receiver.Join(Limits.Watchdog).Status, Is.EqualTo(DtlsReceiveStatus.ClosedLocally));
        }

        Assert.That(pair.Client.Receive(new byte[10], Limits.Watchdog).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
    }

    [Test]
    public void A_Finished_that_comes_again_is_answered()
    {
        using DtlsPair pair = new(clientOptions: new DtlsConnectionOptions { RetransmissionTimeout = TimeSpan.FromMilliseconds(50) });
        bool lost = true;
        pair.Link.ToClient.Interceptor = (_, datagram, deliver) =>
        {
            if (!Volatile.Read(ref lost) || !Tests.Records.Split(datagram).Exists(record => record[0] == DtlsRecord.ChangeCipherSpec))
            {
                deliver(datagram);
            }
        };
        pair.Server.BuffersKept = AtOnce;
        BlockingThread<int> server = BlockingThread.Start("server", () =>
        {
            pair.Server.Handshake(Limits.Watchdog);
            return pair.Server.Receive(new byte[100]).Length;
        });
        BlockingThread client = BlockingThread.Start("client", () => pair.Client.Handshake(Limits.Watchdog));
        Eventually.True(() => pair.Server.BuffersReleased, Limits.Watchdog, "the server is established and has given its buffers back");
        Volatile.Write(ref lost, false);
        client.Join(Limits.Watchdog);
        pair.Client.Send("done"u8);
        Assert.That(server.Join(Limits.Watchdog), Is.EqualTo(4));
        pair.AssertAlive();
    }

    [Test]
    public void Corrupt_records_are_dropped_and_counted_as_before([Values] DtlsRole idle)
    {
        using DtlsPair pair = Idle();
        DtlsRole other = idle == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;
        byte[] good = [];
        pair.Link.From(other).Interceptor = (_, datagram, _) => good = datagram.ToArray();
        pair[other].Send("a payload"u8);
        pair.Link.From(other).Interceptor = null;
        List<byte[]> spoilt = [[], [1], new byte[DtlsRecord.HeaderSize], good[..^1], Tests.Records.Make(DtlsRecord.ApplicationData, 1, 1000, new byte[50])];
        for (int i = 0; i < good.Length; i++)
        {
            byte[] copy = [.. good];
            copy[i] ^= 0x40;
            spoilt.Add(copy);
        }

        foreach (byte[] datagram in spoilt)
        {
            pair.Link.From(other).Deliver(datagram);
            MakeIdle(pair[idle]);
        }

        pair.AssertAlive();
        Assert.That(pair[idle].Statistics.DatagramsInvalid, Is.EqualTo(spoilt.Count));
        Assert.That(pair[idle].Statistics.DatagramsReceived, Is.GreaterThanOrEqualTo(spoilt.Count));
        pair.Link.From(other).Deliver(good);
        Assert.That(pair[idle].Receive(new byte[100], Limits.Watchdog).HasData, Is.True, "the record itself is still good");
    }

    [Test]
    public void Keying_material_is_exported()
    {
        using DtlsPair pair = Idle();
        byte[] ofClient = new byte[32];
        byte[] ofServer = new byte[32];
        pair.Client.ExportKeyingMaterial("EXPERIMENTAL FifoDtls", ofClient);
        pair.Server.ExportKeyingMaterial("EXPERIMENTAL FifoDtls", ofServer);
        Assert.That(ofClient, Is.EqualTo(ofServer));
        Assert.That((pair.Client.BuffersReleased, pair.Server.BuffersReleased), Is.EqualTo((true, true)));
    }

    [Test]
    public void A_session_is_exported_and_resumed()
    {
        using DtlsCredentials clientCredentials = DtlsCredentials.FromCertificate(TestPki.Client);
        using DtlsCredentials serverCredentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext client = new(Resuming(clientCredentials));
        using DtlsContext server = new(Resuming(serverCredentials));
        using DtlsPair first = DtlsPair.Established(client, server);
        MakeIdle(first.Client);
        MakeIdle(first.Server);
        using DtlsSession session = first.Client.ExportSession()!;
        using DtlsPair second = new(client, server, clientOptions: new DtlsConnectionOptions { Session = session });
        second.Handshake();
        MakeIdle(second.Client);
        MakeIdle(second.Server);
        second.AssertAlive();
        Assert.That((second.Client.Negotiated!.WasResumed, second.Server.Negotiated!.WasResumed), Is.EqualTo((true, true)));
    }

    private static DtlsContextOptions Resuming(DtlsCredentials credentials) => new()
    {
        Credentials = credentials,
        TrustAnchors = [TestPki.Ca],
        Resumption = new DtlsResumptionOptions { Scope = "idle buffers" },
    };

    [Test, NonParallelizable] // it measures what the whole process holds
    public void The_memory_is_free_again()
    {
        Requires.Linux();
        const int Pairs = 50;
        const int Buffers = 2 * Pairs * (16 << 10);
        long freed = 0;
        for (int i = 0; i < 5 && freed < Buffers * 3L / 4; i++) // the compiler allocates at the same time, but not for ever
        {
            freed = FreedBy(Pairs);
        }

        Assert.That(freed, Is.GreaterThan(Buffers * 3L / 4));
    }

    private static long FreedBy(int count)
    {
        DtlsPair[] pairs = [.. Enumerable.Range(0, count).Select(_ => DtlsPair.Established(recording: false))];
        long before = NativeMalloc.UsedBytes;
        foreach (DtlsPair pair in pairs)
        {
            MakeIdle(pair.Client);
            MakeIdle(pair.Server);
        }

        long freed = before - NativeMalloc.UsedBytes;
        Array.ForEach(pairs, pair => pair.Dispose());
        return freed;
    }
}
