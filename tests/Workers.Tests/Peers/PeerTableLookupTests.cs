using System.Collections.Concurrent;
using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Look-ups take no lock. While two threads change the table, each at its own addresses, two others look up: they see what the model says, and nobody who has gone.</summary>
public sealed class PeerTableLookupTests
{
    private const int Addresses = 6;
    private const int Steps = 15_000;

    private readonly PeerTable _table = new(limit: 8); // of up to 12: full now and then
    private readonly ConcurrentDictionary<DtlsPeer, long> _gone = [];
    private readonly Published[] _published = [.. Enumerable.Range(0, Addresses).Select(_ => new Published())];
    private long _clock;
    private int _changersLeft = 2;

    [Test, Watchdog(90)]
    public void See_no_impossible_state()
    {
        int seed = Seed.Next();
        BlockingThread[] changers = [.. Enumerable.Range(0, 2).Select(number => BlockingThread.Start($"changer {number}", () => Change(number, new Random(seed + number))))];
        BlockingThread<int>[] readers = [.. Enumerable.Range(0, 2).Select(number => BlockingThread.Start($"reader {number}", () => LookUp(new Random(seed - 1 - number))))];
        BlockingThread.JoinAll(TestEndpoints.Limit * 2, [.. changers, .. readers]);
        TestContext.Out.WriteLine($"compared with the model: {readers.Sum(reader => reader.Join(TestEndpoints.Limit))} look-ups");
        Assert.That(_table.Count, Is.EqualTo(_published.Sum(one => (one.Current is null ? 0 : 1) + (one.Successor is null ? 0 : 1))));
    }

    private void Change(int number, Random random)
    {
        PeerTableModel model = new(limit: int.MaxValue); // "full" depends on the other thread's peers too, so the table decides
        List<DtlsPeer> known = [];
        for (int step = 0; step < Steps; step++)
        {
            int address = number + (2 * random.Next(Addresses / 2));
            DtlsPeer peer = known.Count > 0 && random.Next(3) > 0 ? known[random.Next(known.Count)] : PeerTableTests.CreatePeer(address);
            address = PeerTableTests.IndexOf(peer.Address);
            (DtlsPeer? Current, DtlsPeer? Successor) before = (_published[address].Current, _published[address].Successor);
            _published[address].Begin();
            Apply(random.Next(4), peer, model);
            (DtlsPeer? Current, DtlsPeer? Successor) after = model.At(peer.Address) is { } entry ? (entry.Current, entry.Successor) : default;
            long now = Interlocked.Increment(ref _clock);
            foreach (DtlsPeer left in new[] { before.Current, before.Successor }.OfType<DtlsPeer>().Where(one => one != after.Current && one != after.Successor))
            {
                _gone[left] = now;
            }

            _published[address].End(after.Current, after.Successor);
            known = [.. known.Where(one => !_gone.ContainsKey(one)), .. after.Current == peer || after.Successor == peer ? known.Contains(peer) ? [] : [peer] : Array.Empty<DtlsPeer>()];
        }

        Interlocked.Decrement(ref _changersLeft);
    }

    private void Apply(int action, DtlsPeer peer, PeerTableModel model)
    {
        bool isKnown = model.At(peer.Address) is { } entry && (entry.Current == peer || entry.Successor == peer);
        switch (action)
        {
            case 0 when !isKnown && _table.TryAdd(peer, out DtlsPeer? existing) is var addition and not PeerAddition.Full:
                Assert.That((addition, existing), Is.EqualTo(model.Add(peer)));
                break;
            case 1 when !isKnown && _table.TryAddSuccessor(peer, out DtlsPeer? givenUp) is var addition and not PeerAddition.Full:
                Assert.That((addition, givenUp), Is.EqualTo(model.AddSuccessor(peer)));
                break;
            case 2:
                Assert.That(_table.Promote(peer), Is.SameAs(model.Promote(peer)));
                break;
            case 3:
                _table.Remove(peer);
                model.Remove(peer);
                break;
        }
    }

    /// <returns>How many look-ups nothing was changed beside.</returns>
    private int LookUp(Random random)
    {
        int compared = 0;
        while (Volatile.Read(ref _changersLeft) > 0)
        {
            int address = random.Next(Addresses);
            long start = Volatile.Read(ref _clock);
            int version = _published[address].Read(out DtlsPeer? current, out DtlsPeer? successor);
            bool found = _table.TryGet(PeerTableTests.AddressOf(address), out PeerSlot slot);
            (DtlsPeer? seenSuccessor, DtlsPeer? seenCurrent) = found ? (slot.Successor, slot.Current) : (null, null);
            if (_published[address].IsUnchangedSince(version))
            {
                Assert.That((seenCurrent, seenSuccessor), Is.EqualTo((current, successor)), "what the model says");
                compared++;
            }

            Assert.That(!found || seenCurrent is not null, Is.True, "a slot always has a peer");
            foreach (DtlsPeer seen in new[] { seenCurrent, seenSuccessor }.OfType<DtlsPeer>())
            {
                Assert.That(seen.Address, Is.EqualTo(PeerTableTests.AddressOf(address)), "it is of this address");
                Assert.That(!_gone.TryGetValue(seen, out long gone) || gone > start, Is.True, "who had gone before is not seen");
            }
        }

        return compared;
    }

    /// <summary>What a changer says of an address, between its changes: odd versions mean that it changes it now.</summary>
    private sealed class Published
    {
        private int _version;

        internal DtlsPeer? Current { get; private set; }

        internal DtlsPeer? Successor { get; private set; }

        internal void Begin() => Interlocked.Increment(ref _version);

        internal void End(DtlsPeer? current, DtlsPeer? successor)
        {
            (Current, Successor) = (current, successor);
            Interlocked.Increment(ref _version);
        }

        internal int Read(out DtlsPeer? current, out DtlsPeer? successor)
        {
            int version = Volatile.Read(ref _version);
            (current, successor) = (Current, Successor);
            Interlocked.MemoryBarrier();
            return version;
        }

        internal bool IsUnchangedSince(int version)
        {
            Interlocked.MemoryBarrier();
            return version % 2 == 0 && Volatile.Read(ref _version) == version;
        }
    }
}
