using System.Net;

namespace FifoDtls.Tests;

public sealed class HelloReassembliesTests
{
    private static readonly SocketAddress Source = SourceAt(5000);
    private readonly byte[] _whole = new HelloBuilder { Cookie = new byte[32], MessageSequence = 1, Extensions = [.. Enumerable.Range(0, 900).Select(i => (byte)i)] }.Build();
    private readonly FakeClock _clock = new();

    [Test]
    public void Any_split_in_any_order_with_overlaps_and_repetitions_gives_the_whole_message_and_nothing_less_does()
    {
        int seed = Environment.TickCount ^ Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var reassemblies = new HelloReassemblies(4, 18_445, _clock);
        for (int round = 0; round < 3_000; round++)
        {
            int body = _whole.Length - HelloSplitter.HeadersSize;
            bool[] present = new bool[body];
            byte[] next = HelloSplitter.Fragment(_whole, 0, random.Next(70, body));
            Begin(reassemblies, next, Source);
            while (true)
            {
                byte[] result = Add(reassemblies, next, Source)!;
                present.AsSpan(Offset(next), next.Length - HelloSplitter.HeadersSize).Fill(true);
                bool complete = !present.AsSpan().Contains(false);
                Assert.That(result, Is.EqualTo(complete ? _whole : []));
                if (complete)
                {
                    break;
                }

                int offset = random.Next(body);
                next = HelloSplitter.Fragment(_whole, offset, random.Next(1, Math.Min(body - offset, random.Next(1, 400)) + 1));
            }

            Assert.That(reassemblies.Count, Is.Zero);
        }
    }

    [Test]
    public void What_has_come_once_is_not_changed_by_what_overlaps_it()
    {
        var reassemblies = new HelloReassemblies(1, 18_445, _clock);
        byte[] first = HelloSplitter.Fragment(_whole, 0, 200);
        byte[] forged = HelloSplitter.Fragment(_whole, 100, 200);
        forged.AsSpan(HelloSplitter.HeadersSize, 100).Fill(0xEE); // where the proven fragment has spoken
        int rest = _whole.Length - HelloSplitter.HeadersSize - 300;

        Begin(reassemblies, first, Source);
        Assert.That(Add(reassemblies, first, Source), Is.Empty);
        Assert.That(Add(reassemblies, forged, Source), Is.Empty);
        Assert.That(Add(reassemblies, HelloSplitter.Fragment(_whole, 300, rest), Source), Is.EqualTo(_whole));
    }

    [Test]
    public void Fragments_without_a_beginning_of_other_lengths_and_of_the_first_ClientHello_are_not_taken()
    {
        var reassemblies = new HelloReassemblies(1, 18_445, _clock);
        byte[] first = HelloSplitter.Fragment(_whole, 0, 200);
        byte[] rest = HelloSplitter.Fragment(_whole, 200, _whole.Length - HelloSplitter.HeadersSize - 200);
        Assert.That(Add(reassemblies, rest, Source), Is.Null, "nothing has begun");

        Begin(reassemblies, first, Source);
        Add(reassemblies, first, Source);

        Assert.That(Add(reassemblies, rest, SourceAt(5001)), Is.Null, "another source");
        byte[] unproven = [.. rest];
        unproven[18] = 0; // message_seq
        Assert.That(Add(reassemblies, unproven, Source), Is.Null, "the rest of the ClientHello without a cookie");
        byte[] longer = [.. rest];
        longer[16]++;
        Assert.That(Add(reassemblies, longer, Source), Is.Empty, "of a longer message");
        Assert.That(Add(reassemblies, rest, Source), Is.EqualTo(_whole));
    }

    [Test]
    public void A_client_that_starts_anew_begins_anew_and_one_that_repeats_goes_on()
    {
        var reassemblies = new HelloReassemblies(1, 18_445, _clock);
        byte[] other = [.. _whole];
        other[HelloSplitter.HeadersSize + 10] ^= 1; // the random
        int rest = _whole.Length - HelloSplitter.HeadersSize - 200;

        Begin(reassemblies, HelloSplitter.Fragment(_whole, 0, 200), Source);
        Add(reassemblies, HelloSplitter.Fragment(_whole, 200, rest), Source);
        Begin(reassemblies, HelloSplitter.Fragment(other, 0, 200), Source);
        Assert.That(Add(reassemblies, HelloSplitter.Fragment(other, 0, 200), Source), Is.Empty, "the old attempt's rest is forgotten");
        Begin(reassemblies, HelloSplitter.Fragment(other, 0, 150), Source);
        Assert.That(Add(reassemblies, HelloSplitter.Fragment(other, 200, rest), Source), Is.EqualTo(other), "the repeated first fragment forgets nothing");
    }

    [Test]
    public void Beyond_the_limit_none_begins_until_one_is_done_or_too_old()
    {
        var reassemblies = new HelloReassemblies(2, 18_445, _clock);
        byte[] first = HelloSplitter.Fragment(_whole, 0, 200);
        Begin(reassemblies, first, SourceAt(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Begin(reassemblies, first, SourceAt(2));
        Assert.That(TryBegin(reassemblies, first, SourceAt(3)), Is.False);
        Assert.That(TryBegin(reassemblies, first, SourceAt(2)), Is.True, "that one has begun");

        _clock.Advance(HelloReassemblies.MaxAge);

        Assert.That(TryBegin(reassemblies, first, SourceAt(3)), Is.True, "the first one is too old");
        Assert.That(TryBegin(reassemblies, first, SourceAt(4)), Is.False, "the second one is not yet");
        Assert.That(Add(reassemblies, HelloSplitter.Fragment(_whole, 200, 10), SourceAt(1)), Is.Null);
        Assert.That(reassemblies.Count, Is.EqualTo(2));
    }

    [Test]
    public void A_fragment_that_comes_too_late_is_not_taken()
    {
        var reassemblies = new HelloReassemblies(2, 18_445, _clock);
        byte[] first = HelloSplitter.Fragment(_whole, 0, 200);
        Begin(reassemblies, first, Source);
        _clock.Advance(HelloReassemblies.MaxAge + TimeSpan.FromTicks(1));

        Assert.That(Add(reassemblies, HelloSplitter.Fragment(_whole, 200, 10), Source), Is.Null);
        Assert.That(reassemblies.Count, Is.Zero);
    }

    [Test]
    public void Mutated_fragments_break_nothing([Values(1, 2, 3)] int _)
    {
        int seed = Environment.TickCount ^ Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var reassemblies = new HelloReassemblies(3, 18_445, _clock);
        int begun = 0, wholes = 0;
        for (int round = 0; round < 100_000; round++)
        {
            int body = _whole.Length - HelloSplitter.HeadersSize;
            int offset = random.Next(3) == 0 ? 0 : random.Next(body);
            byte[] datagram = HelloSplitter.Fragment(_whole, offset, random.Next(body - offset) + 1);
            for (int flips = random.Next(4); flips > 0; flips--)
            {
                datagram[random.Next(random.Next(2) == 0 ? datagram.Length : HelloSplitter.HeadersSize)] = (byte)random.Next(256);
            }

            SocketAddress source = SourceAt(random.Next(5));
            if (!HelloFragment.TryParse(datagram, out HelloFragment fragment) || fragment.MessageLength > reassemblies.LargestMessage)
            {
                continue;
            }

            if (fragment.Offset == 0 && fragment.MessageSequence == 1 && ClientHello.TryParseStart(fragment, out ClientHello _))
            {
                begun += reassemblies.TryBegin(fragment, source) ? 1 : 0;
            }

            if (reassemblies.TryAdd(fragment, source, out ReadOnlySpan<byte> whole) && !whole.IsEmpty)
            {
                wholes++;
                Assert.That(whole.Length, Is.LessThanOrEqualTo(HelloSplitter.HeadersSize + HelloReassemblies.MaxMessageSize));
                Assert.That(DtlsRecord.PlausibleLength(whole), Is.EqualTo(whole.Length));
            }
        }

        TestContext.Out.WriteLine($"{begun} begun, {wholes} whole");
        Assert.That(begun, Is.Positive);
        Assert.That(wholes, Is.Positive);
        Assert.That(reassemblies.Count, Is.LessThanOrEqualTo(3));
    }

    private static SocketAddress SourceAt(int port) => new IPEndPoint(IPAddress.Loopback, port).Serialize();

    private static int Offset(byte[] fragment) => (fragment[20] << 8) | fragment[21];

    private static void Begin(HelloReassemblies reassemblies, byte[] first, SocketAddress source) => Assert.That(TryBegin(reassemblies, first, source), Is.True);

    private static bool TryBegin(HelloReassemblies reassemblies, byte[] first, SocketAddress source)
    {
        Assert.That(HelloFragment.TryParse(first, out HelloFragment fragment), Is.True);
        return reassemblies.TryBegin(fragment, source);
    }

    /// <summary>The whole record, or nothing yet; null when the fragment was not wanted.</summary>
    private static byte[]? Add(HelloReassemblies reassemblies, byte[] datagram, SocketAddress source)
    {
        Assert.That(HelloFragment.TryParse(datagram, out HelloFragment fragment), Is.True);
        return reassemblies.TryAdd(fragment, source, out ReadOnlySpan<byte> whole) ? whole.ToArray() : null;
    }
}
