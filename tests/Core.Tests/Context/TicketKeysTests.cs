using System.Runtime.CompilerServices;

namespace FifoDtls.Tests;

/// <summary>The keys of tickets: which are kept, and that none outlives its use.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class TicketKeysTests
{
    [TestCase(true), TestCase(false)]
    public void A_key_that_is_rotated_out_is_cleared_and_so_are_all_when_disposed(bool shared)
    {
        FakeClock clock = new();
        using TicketKeys keys = new(new DtlsTicketOptions { Key = shared ? Tickets.Key : default, Clock = clock }, Tickets.Hour);
        byte[] first = Current(keys);
        TicketKey[] before = [.. KeysOf(keys).Values];
        clock.Advance(Tickets.Hour);
        byte[] second = Current(keys);
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(Find(keys, first), Is.EqualTo((first, true)));
        Assert.That(Find(keys, second), Is.EqualTo((second, false)));
        clock.Advance(10 * Tickets.Hour);
        _ = Current(keys);
        Assert.That(Find(keys, first), Is.Null);
        Assert.That(before.Select(key => key.Bytes.ContainsAnyExcept((byte)0)), Has.All.False, "bytes that were not cleared");
        TicketKey[] last = [.. KeysOf(keys).Values];
        Assert.That(last.Select(key => key.Bytes.ContainsAnyExcept((byte)0)), Has.All.True);
        keys.Dispose();
        Assert.That(last.Select(key => key.Bytes.ContainsAnyExcept((byte)0)), Has.All.False, "bytes that were not cleared");
        Assert.That(keys.TryCopyCurrent(new byte[TicketKey.Size]), Is.False);
        Assert.That(Find(keys, second), Is.Null);
        Assert.That(SharedOf(keys)?.Any(octet => octet != 0), shared ? Is.False : Is.Null);
    }

    [Test]
    public void The_number_of_keys_is_bounded_by_the_lifetime()
    {
        FakeClock clock = new();
        using TicketKeys own = new(new DtlsTicketOptions { Clock = clock }, 3 * Tickets.Hour);
        using TicketKeys shared = new(new DtlsTicketOptions { Key = Tickets.Key, Clock = clock }, 3 * Tickets.Hour);
        for (int hour = 0; hour < 20; hour++)
        {
            (_, _) = (Current(own), Current(shared));
            Assert.That((own.Count, shared.Count), Is.EqualTo((Math.Min(hour + 1, 4), 5)));
            clock.Advance(Tickets.Hour);
        }
    }

    [Test]
    public void Keys_are_all_different_and_do_not_show_the_shared_one()
    {
        FakeClock clock = new();
        using TicketKeys keys = new(new DtlsTicketOptions { Key = Tickets.Key, Clock = clock }, Tickets.Hour);
        using TicketKeys same = new(new DtlsTicketOptions { Key = Tickets.Key, Clock = clock }, Tickets.Hour);
        using TicketKeys otherLifetime = new(new DtlsTicketOptions { Key = Tickets.Key, Clock = clock }, 2 * Tickets.Hour);
        HashSet<string> parts = [];
        for (int hour = 0; hour < 100; hour++)
        {
            byte[] key = Current(keys);
            Assert.That(Current(same), Is.EqualTo(key));
            Assert.That(Current(otherLifetime), Is.Not.EqualTo(key));
            Assert.That(parts.Add(Convert.ToHexString(key, 0, 16)) && parts.Add(Convert.ToHexString(key, 16, 32)) && parts.Add(Convert.ToHexString(key, 48, 32)), Is.True);
            clock.Advance(Tickets.Hour);
        }
    }

    [Test]
    public void Threads_that_rotate_at_the_same_time_find_every_key_that_they_got()
    {
        FakeClock clock = new();
        using TicketKeys keys = new(new DtlsTicketOptions { Rotation = TimeSpan.FromMinutes(1), Clock = clock }, TimeSpan.FromDays(1));
        TestSupport.BlockingThread[] threads = [.. Enumerable.Range(0, 4).Select(number => TestSupport.BlockingThread.Start($"thread {number}", () =>
        {
            for (int i = 0; i < 200; i++)
            {
                byte[] key = Current(keys);
                clock.Advance(TimeSpan.FromMinutes(1));
                Assert.That(Find(keys, key)?.Key, Is.EqualTo(key));
            }
        }))];
        TestSupport.BlockingThread.JoinAll(Limits.Watchdog, threads);
        Assert.That(keys.Count, Is.LessThanOrEqualTo(801));
    }

    private static byte[] Current(TicketKeys keys)
    {
        byte[] key = new byte[TicketKey.Size];
        Assert.That(keys.TryCopyCurrent(key), Is.True);
        return key;
    }

    private static (byte[] Key, bool IsOld)? Find(TicketKeys keys, byte[] like)
    {
        byte[] key = new byte[TicketKey.Size];
        return keys.TryCopy(like.AsSpan(0, TicketKey.NameSize), key, out bool isOld) ? (key, isOld) : null;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_keys")]
    private static extern ref Dictionary<long, TicketKey> KeysOf(TicketKeys keys);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_shared")]
    private static extern ref byte[]? SharedOf(TicketKeys keys);
}
