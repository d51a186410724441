using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoDtls.Fuzz;

/// <summary>
/// What the reader thread does with datagrams of strangers that begin like a ClientHello: the parser, the cookie, the fragments. Compared with <see cref="HelloOracle"/>; and nobody is admitted
/// but who repeats a cookie that was made for the same source and the same ClientHello.
/// </summary>
internal sealed class HelloTarget : FuzzTarget
{
    private const int Sources = 6;
    private const int MaxReassemblies = 4;

    private readonly ManualClock _clock = new();
    private readonly UdpSocket _socket = new(new IPEndPoint(IPAddress.Loopback, 0), 65_536, 65_536);
    private readonly CookieKeys _keys;
    private readonly HandshakeGate _gate;
    private readonly HelloReassemblies _reassemblies;
    private readonly SocketAddress[] _sources;
    private readonly List<byte[]> _corpus = [];
    private readonly List<(byte[] VersionToSession, byte[] Cookie)> _proven = [];
    private long _number;

    internal HelloTarget()
    {
        // The answers go to a socket that nobody reads.
        int port = ((IPEndPoint)_socket.LocalEndPoint).Port;
        _sources = [.. Enumerable.Range(1, Sources).Select(host => new IPEndPoint(new IPAddress([127, 0, 0, (byte)host]), port).Serialize())];
        _keys = new CookieKeys(TimeSpan.FromDays(10), _clock);
        _gate = new HandshakeGate(_socket, _keys, new TokenBucket(20, _clock), new EndpointCounters(), new DropReporter(NullLogger.Instance, _clock));
        _reassemblies = new HelloReassemblies(MaxReassemblies, 16_384, _clock);
        AddHello(new HelloBuilder());
        AddHello(new HelloBuilder { Random = Numbers(32, 7), Session = Numbers(32, 3), Suites = Numbers(64, 9), Extensions = Numbers(300, 1) });
        AddHello(new HelloBuilder { Random = Numbers(32, 99), Suites = Numbers(900, 2), Extensions = Numbers(2_500, 5), RecordSequence = 0xFFFFFFFFFFFF });
        foreach (byte[] datagram in Handshakes.Capture().ToServer)
        {
            _corpus.Add(datagram);
        }
    }

    internal override IReadOnlyList<byte[]> Corpus => _corpus;

    internal override void Mutate(MutationBuffer buffer, FuzzRandom random)
    {
        if (random.OneIn(16))
        {
            return; // as it is: the way to a whole reassembly is long
        }

        for (int changes = 1 + random.Below(3); changes > 0; changes--)
        {
            if (random.OneIn(2))
            {
                DtlsStructure.Change(buffer, random);
            }
            else
            {
                Mutator.Change(buffer, random, _corpus);
            }
        }

        if (random.OneIn(3))
        {
            DtlsStructure.Repair(buffer, random);
        }
    }

    internal override void Check(ReadOnlySpan<byte> input)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(1 + (_number % 20)));
        SocketAddress source = _sources[_number++ % Sources];
        bool whole = ClientHello.TryParse(input, out ClientHello hello);
        Must.Hold(whole == HelloOracle.TryRead(input, out HelloOracle.Reading reading), "parser and oracle agree");
        Must.Hold(HelloFragment.TryParse(input, out _) == HelloOracle.IsFragment(input), "fragments and oracle agree");
        if (whole)
        {
            Must.Hold(ClientHello.Begins(input), "what is read begins so");
            Must.Hold(hello.MessageSequence == reading.Sequence && hello.Cookie.SequenceEqual(reading.Cookie), "message_seq and cookie");
            Must.Hold(hello.VersionToSession.SequenceEqual(reading.VersionToSession) && hello.SuitesToCompression.SequenceEqual(reading.Suites), "what the cookie covers");
            Count("whole");
            Judge(hello, source, DtlsRecord.HeaderSize + DtlsRecord.FragmentSize(input));
        }
        else
        {
            Reassemble(input, source);
        }

        Must.Hold(_reassemblies.Count <= MaxReassemblies, "no more reassemblies than allowed");
    }

    public override void Dispose()
    {
        _gate.Dispose();
        _socket.Dispose();
    }

    // As the endpoint does it.
    private void Reassemble(ReadOnlySpan<byte> datagram, SocketAddress source)
    {
        while (HelloFragment.TryParse(datagram, out HelloFragment fragment))
        {
            Count("fragments");
            Must.Hold(fragment.Offset + fragment.Bytes.Length <= fragment.MessageLength, "a fragment lies within its message");
            if (fragment.Offset == 0
                && (!ClientHello.TryParseStart(fragment, out ClientHello hello) || fragment.MessageLength > _reassemblies.LargestMessage
                    || !Judge(hello, source, fragment.Record.Length) || !_reassemblies.TryBegin(fragment, source)))
            {
                return;
            }

            if (_reassemblies.TryAdd(fragment, source, out ReadOnlySpan<byte> whole) && !whole.IsEmpty)
            {
                Count("put together");
                Must.Hold(DtlsRecord.PlausibleLength(whole) == whole.Length && !HelloFragment.TryParse(whole, out _), "what is put together is one whole record");
                if (ClientHello.TryParse(whole, out ClientHello all))
                {
                    Must.Hold(IsProven(all), "what is put together begins as it was proven");
                }

                return;
            }

            datagram = datagram[fragment.Record.Length..];
        }
    }

    private bool Judge(in ClientHello hello, SocketAddress source, int recordSize)
    {
        Must.Hold(HelloVerifyRequest.Size <= recordSize, "the answer is not larger than the request");
        bool admitted = _gate.Admits(hello, source, out _);
        Must.Hold(!admitted || (hello.MessageSequence == 1 && IsProven(hello)), "only a cookie that was made admits");
        if (admitted)
        {
            Count("admitted");
        }

        Span<byte> cookie = stackalloc byte[CookieKeys.CookieSize];
        bool made = _keys.TryMake(hello, source, cookie);
        Must.Hold(!made || !admitted || hello.Cookie[..6].SequenceCompareTo(cookie[..6]) < 0, "what is made later has the greater time");
        return admitted;
    }

    private bool IsProven(in ClientHello hello)
    {
        foreach ((byte[] versionToSession, byte[] cookie) in _proven)
        {
            if (hello.VersionToSession.SequenceEqual(versionToSession) && hello.Cookie.Length == cookie.Length && hello.Cookie[..16].SequenceEqual(cookie.AsSpan(0, 16)))
            {
                return true;
            }
        }

        return false;
    }

    // The first ClientHello, the second ones with the cookies of all sources, and these in fragments.
    private void AddHello(HelloBuilder builder)
    {
        byte[] first = builder.Build();
        _corpus.Add(first);
        ClientHello.TryParse(first, out ClientHello hello);
        foreach (SocketAddress source in _sources)
        {
            byte[] cookie = new byte[CookieKeys.CookieSize];
            if (!_keys.TryMake(hello, source, cookie))
            {
                continue;
            }

            byte[] second = (builder with { Cookie = cookie, MessageSequence = 1 }).Build();
            _proven.Add((hello.VersionToSession.ToArray(), cookie));
            _corpus.Add(second);
            _corpus.Add(Split(second, 110));
        }
    }

    // All fragments in one datagram, so that one input can be a whole reassembly.
    private static byte[] Split(byte[] whole, int size)
    {
        List<byte> datagram = [];
        int length = whole.Length - 25;
        for (int offset = 0; offset < length; offset += size)
        {
            int part = Math.Min(size, length - offset);
            byte[] header = whole[..25];
            (header[11], header[12]) = ((byte)((part + 12) >> 8), (byte)(part + 12));
            (header[20], header[21]) = ((byte)(offset >> 8), (byte)offset);
            (header[22], header[23], header[24]) = (0, (byte)(part >> 8), (byte)part);
            datagram.AddRange(header);
            datagram.AddRange(whole.AsSpan(25 + offset, part));
        }

        return [.. datagram];
    }

    private static byte[] Numbers(int count, int seed)
    {
        var random = new FuzzRandom();
        random.Restart((ulong)seed);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next())];
    }
}
