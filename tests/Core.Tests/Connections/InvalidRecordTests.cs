using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// Invalid records at a live association are dropped silently and counted (RFC 6347 §4.1.2.7): none ends it, and none is answered by
/// an alert.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class InvalidRecordTests
{
    private static byte[] Capture(DtlsPair pair, DtlsRole from)
    {
        byte[] record = [];
        LinkDirection direction = pair.Link.From(from);
        direction.Interceptor = (_, datagram, _) => record = datagram.ToArray();
        pair[from].Send("a payload that is to be spoilt"u8);
        direction.Interceptor = null;
        return record;
    }

    /// <summary>Delivers datagrams that must have no effect but on the counter.</summary>
    private static void AssertIgnored(DtlsPair pair, DtlsRole receiver, IEnumerable<byte[]> datagrams, long counted)
    {
        DtlsRole sender = receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;
        long invalid = pair[receiver].Statistics.DatagramsInvalid;
        int answers = pair.Link.From(receiver).Count;
        foreach (byte[] datagram in datagrams)
        {
            pair.Link.From(sender).Deliver(datagram);
            Assert.That(pair[receiver].TryReceive(new byte[2000], out DtlsReceiveResult result), Is.False, $"{result} from {Convert.ToHexString(datagram)}");
        }

        Assert.That(pair.Link.From(receiver).Count, Is.EqualTo(answers), "nothing is answered");
        pair.AssertAlive();
        Assert.That(pair[receiver].Statistics.DatagramsInvalid - invalid, Is.EqualTo(counted));
    }

    [Test]
    public void A_flipped_bit_anywhere_in_a_record_makes_it_invalid([Values] DtlsRole receiver)
    {
        using DtlsPair pair = DtlsPair.Established();
        byte[] record = Capture(pair, receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);
        List<byte[]> spoilt = [];
        for (int bit = 0; bit < record.Length * 8; bit++)
        {
            byte[] copy = [.. record];
            copy[bit / 8] ^= (byte)(1 << (bit % 8));
            spoilt.Add(copy);
        }

        // A handshake record that yields nothing may be a late retransmission, so it is not counted.
        long uncounted = spoilt.Count(copy => copy[0] == DtlsRecord.Handshake);
        AssertIgnored(pair, receiver, spoilt, spoilt.Count - uncounted);
        pair.Link.From(receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client).Deliver(record);
        Assert.That(pair[receiver].Receive(new byte[100], Limits.Watchdog).HasData, Is.True, "the record itself is still good");
    }

    [Test]
    public void Truncated_records_are_invalid([Values] DtlsRole receiver)
    {
        using DtlsPair pair = DtlsPair.Established();
        byte[] record = Capture(pair, receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);
        byte[][] spoilt = [.. Enumerable.Range(0, record.Length).SelectMany(length => Truncations(record, length))];
        AssertIgnored(pair, receiver, spoilt, spoilt.Length);
    }

    // The datagram cut off, and the record cut off with a header that agrees.
    private static IEnumerable<byte[]> Truncations(byte[] record, int length)
    {
        yield return record[..length];
        if (length >= DtlsRecord.HeaderSize)
        {
            byte[] agreeing = record[..length];
            agreeing[11] = (byte)((length - DtlsRecord.HeaderSize) >> 8);
            agreeing[12] = (byte)(length - DtlsRecord.HeaderSize);
            yield return agreeing;
        }
    }

    [Test]
    public void Replays_are_invalid([Values] DtlsRole receiver)
    {
        using DtlsPair pair = DtlsPair.Established();
        LinkDirection direction = pair.Link.From(receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);
        int before = direction.Count;
        for (int i = 0; i < 100; i++)
        {
            pair.AssertAlive();
        }

        byte[][] replays = [.. direction.Sent.Skip(before)];
        Assert.That(replays, Has.Length.EqualTo(100));
        AssertIgnored(pair, receiver, replays, replays.Length);
    }

    [Test]
    public void Garbage_is_invalid([Values] DtlsRole receiver)
    {
        using DtlsPair pair = DtlsPair.Established();
        Random random = new(Seed.Next());
        List<byte[]> garbage = [];
        for (int i = 0; i < 1000; i++)
        {
            byte[] datagram = new byte[random.Next(1500)];
            random.NextBytes(datagram);
            garbage.Add(datagram);
            if (datagram.Length > 0)
            {
                datagram[0] = (byte)(datagram[0] % 2 == 0 ? DtlsRecord.ApplicationData : 0x16 ^ 0x40);
            }
        }

        AssertIgnored(pair, receiver, garbage, garbage.Count);
    }

    [Test]
    public void Application_data_of_another_epoch_is_invalid([Values] DtlsRole receiver, [Values(0, 2, 3, 0xFFFF)] int epoch)
    {
        using DtlsPair pair = DtlsPair.Established();
        byte[] record = Capture(pair, receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);
        record[3] = (byte)(epoch >> 8);
        record[4] = (byte)epoch;
        AssertIgnored(pair, receiver, [record, Tests.Records.Make(DtlsRecord.ApplicationData, (ushort)epoch, 99, "in the clear"u8)], 2);
    }

    [Test]
    public void Forged_alerts_are_invalid([Values] DtlsRole receiver, [Values(0, 1, 2)] int epoch, [Values(1, 2)] int level)
    {
        using DtlsPair pair = DtlsPair.Established();
        DtlsAlert[] alerts = Enum.GetValues<DtlsAlert>();
        List<byte[]> forged = [];
        foreach (DtlsAlert alert in alerts)
        {
            forged.Add(Tests.Records.Make(DtlsRecord.Alert, (ushort)epoch, 1000 + forged.Count, [(byte)level, (byte)alert]));
        }

        AssertIgnored(pair, receiver, forged, forged.Count);
    }

    [Test]
    public void Forged_handshake_records_change_nothing([Values] DtlsRole receiver, [Values(0, 1, 2)] int epoch)
    {
        using DtlsPair pair = DtlsPair.Established();
        LinkDirection direction = pair.Link.From(receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);
        List<byte[]> forged = [Tests.Records.Make(DtlsRecord.ChangeCipherSpec, (ushort)epoch, 1000, [1])];
        for (byte type = 0; type <= 24; type++)
        {
            // A whole message of 4 bytes, with the next message_seq (RFC 6347 §4.2.2).
            forged.Add(Tests.Records.Make(DtlsRecord.Handshake, (ushort)epoch, 2000 + type, [type, 0, 0, 4, 0, 5, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4]));
        }

        // The whole handshake again: hellos, certificates, Finished.
        forged.AddRange(direction.Sent);
        AssertIgnoredOrRepeated(pair, receiver, forged);
    }

    // A client's Finished that comes again is answered by the server's last flight (RFC 6347 §4.2.4), but never by an alert.
    private static void AssertIgnoredOrRepeated(DtlsPair pair, DtlsRole receiver, IEnumerable<byte[]> datagrams)
    {
        DtlsRole sender = receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;
        int before = pair.Link.From(receiver).Count;
        foreach (byte[] datagram in datagrams)
        {
            pair.Link.From(sender).Deliver(datagram);
            Assert.That(pair[receiver].TryReceive(new byte[2000], out DtlsReceiveResult result), Is.False, result.ToString());
        }

        byte[][] answers = [.. pair.Link.From(receiver).Sent.Skip(before)];
        Assert.That(answers.Select(answer => answer[0]), Has.None.EqualTo(DtlsRecord.Alert));
        pair.AssertAlive();
    }

    [Test]
    public void Garbage_during_the_handshake_does_not_end_it([Values] DtlsRole receiver)
    {
        using DtlsPair pair = new();
        Random random = new(Seed.Next());
        LinkDirection direction = pair.Link.From(receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);
        direction.Interceptor = (_, datagram, deliver) =>
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            noise.AsSpan(0, Math.Min(noise.Length, 1)).Clear();
            deliver(noise);
            deliver(Tests.Records.Make(DtlsRecord.ApplicationData, 0, 7, "in the clear"u8));
            deliver(Tests.Records.Make(DtlsRecord.ApplicationData, 1, 7, new byte[40]));
            deliver(Tests.Records.Make(DtlsRecord.Handshake, 1, 8, new byte[60]));
            deliver(datagram);
            deliver(datagram);
        };
        pair.Handshake();
        direction.Interceptor = null;
        Eventually.True(
            () => !pair.Client.TryReceive(new byte[100], out _) && !pair.Server.TryReceive(new byte[100], out _), Limits.Watchdog, "the FIFOs are drained");
        pair.AssertAlive();
        Assert.That(pair[receiver].Statistics.DatagramsInvalid, Is.Positive);
    }
}
