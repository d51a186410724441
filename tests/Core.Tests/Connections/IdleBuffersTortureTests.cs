using System.Buffers.Binary;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Senders on both sides, garbage between, and receivers that give libssl's buffers back whenever the FIFO is empty; then one side closes in the middle of it.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(180_000)]
internal sealed class IdleBuffersTortureTests
{
    private const int Senders = 3;
    private const int Payloads = 1_500; // of each sender before the close
    private const int PayloadSize = 600;

    [Test]
    public void Nothing_breaks_when_buffers_come_and_go_under_many_threads([Values] DtlsRole closing)
    {
        int seed = Seed.Next();
        using DtlsPair pair = DtlsPair.Established(recording: false);
        int senders = 0;
        List<BlockingThread> threads = [];
        BlockingThread<DtlsReceiveStatus>[] receivers = [.. Enum.GetValues<DtlsRole>().Select(role =>
        {
            pair[role].BuffersKept = TimeSpan.FromTicks(1);
            pair[role].BuffersBorrowedAtMostEvery = TimeSpan.FromMicroseconds(200);
            return BlockingThread.Start($"{role} receives", () => Receive(pair[role]));
        })];
        foreach (DtlsRole role in Enum.GetValues<DtlsRole>())
        {
            for (int i = 0; i < Senders; i++)
            {
                int number = senders++;
                threads.Add(BlockingThread.Start($"{role} sends {number}", () => Send(pair, role, new Random(seed + number))));
            }
        }

        Eventually.True(() => threads.Exists(thread => thread.Exception is not null) || pair[closing].Statistics.PayloadsSent >= Senders * Payloads, Limits.LongWatchdog, "payloads are sent");
        pair[closing].Close();
        DtlsRole other = closing == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;
        FifoTransport way = other == DtlsRole.Client ? pair.Link.Client : pair.Link.Server;
        BlockingThread.JoinAll(Limits.LongWatchdog, [.. threads.Where(thread => thread.Name.StartsWith(closing.ToString(), StringComparison.Ordinal))]);
        // Garbage that was sent behind the close_notify stays in the FIFO: nobody receives any more.
        Eventually.True(() => way.Statistics.Queued == 0 || !receivers[(int)other].IsAlive, Limits.LongWatchdog, "all that was sent has been taken");
        if (pair[other].State == DtlsConnectionState.Established)
        {
            pair[other].Close(); // the close_notify found the FIFO full
        }

        BlockingThread.JoinAll(Limits.LongWatchdog, threads);
        Assert.That(receivers[(int)closing].Join(Limits.Watchdog), Is.EqualTo(DtlsReceiveStatus.ClosedLocally));
        Assert.That(receivers[(int)other].Join(Limits.Watchdog), Is.EqualTo(DtlsReceiveStatus.ClosedByPeer).Or.EqualTo(DtlsReceiveStatus.ClosedLocally));
        Assert.That(pair[other].Statistics.PayloadsReceived, Is.Positive);
    }

    private static DtlsReceiveStatus Receive(DtlsConnection connection)
    {
        byte[] buffer = new byte[PayloadSize];
        while (true)
        {
            DtlsReceiveResult result = connection.Receive(buffer);
            if (!result.HasData)
            {
                return result.Status;
            }

            int length = BinaryPrimitives.ReadInt32LittleEndian(buffer);
            if (result.Length != length || buffer.AsSpan(4, length - 4).ContainsAnyExcept((byte)length))
            {
                throw new InvalidOperationException($"{result.Length} bytes came that nobody sent.");
            }
        }
    }

    // Until the association is closed.
    private static void Send(DtlsPair pair, DtlsRole role, Random random)
    {
        byte[] payload = new byte[PayloadSize];
        try
        {
            while (true)
            {
                int length = random.Next(4, PayloadSize);
                BinaryPrimitives.WriteInt32LittleEndian(payload, length);
                payload.AsSpan(4, length - 4).Fill((byte)length);
                pair[role].Send(payload.AsSpan(0, length));
                switch (random.Next(8))
                {
                    case 0:
                        pair.Link.From(role).Deliver(payload.AsSpan(0, length)); // garbage
                        break;
                    case 1:
                        pair.Link.From(role).Deliver(Tests.Records.Make(DtlsRecord.ApplicationData, 1, random.Next(), payload.AsSpan(0, length)));
                        break;
                    case 2 or 3:
                        Thread.SpinWait(random.Next(20_000)); // a gap in which the receivers run dry
                        break;
                }
            }
        }
        catch (DtlsClosedException)
        {
        }
    }
}
