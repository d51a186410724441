using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;

namespace FifoVpn.Demo;

/// <summary>
/// A bulk transfer from one host to another over the unreliable tunnel: a window of packets, cumulative acknowledgements, and go-back-N when none comes. Both ends hash
/// what they send and take, in order, so that a lost, repeated or altered byte shows.
/// </summary>
internal sealed class BulkFlow : IDisposable
{
    private const int PayloadLength = 1280;
    private const int HeaderLength = 9; // kind, sequence number
    private const int Window = 64;
    private const int AcknowledgeEvery = 16;
    private const byte Data = 1;
    private const byte DataAcknowledgeNow = 2;
    private const byte Acknowledgement = 3;

    private static readonly TimeSpan RetransmitAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(5);

    private readonly IncrementalHash _sentHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _receivedHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly object _gate = new(); // a monitor: guards _acknowledged
    private readonly byte[] _packet = new byte[2048]; // the sender's
    private readonly byte[] _answer = new byte[128]; // the receiver's
    private readonly Thread _thread;
    private readonly TimeSpan _duration;
    private long _acknowledged;
    private long _expected;
    private long _retransmitted;
    private Exception? _failure;

    public BulkFlow(DemoHost source, DemoHost destination, TimeSpan duration)
    {
        Source = source;
        Destination = destination;
        _duration = duration;
        _thread = new Thread(Send) { IsBackground = true, Name = $"bulk-{source.Name}" };
        source.Join(this);
        destination.Join(this);
    }

    public DemoHost Source { get; }

    public DemoHost Destination { get; }

    /// <summary>Packets that have arrived in order.</summary>
    public long Delivered => Interlocked.Read(ref _expected);

    public long DeliveredBytes => Delivered * PayloadLength;

    public long Retransmitted => Interlocked.Read(ref _retransmitted);

    public TimeSpan Elapsed { get; private set; }

    public static bool IsAcknowledgement(ReadOnlySpan<byte> payload) => payload.Length == HeaderLength && payload[0] == Acknowledgement;

    public void Start() => _thread.Start();

    /// <summary>Waits for the end of the transfer and compares what was sent with what was taken.</summary>
    /// <returns>The SHA-256 of both.</returns>
    /// <exception cref="DemoFailure">It did not end, or something was lost or altered.</exception>
    public string Finish()
    {
        if (!_thread.Join(_duration + GiveUpAfter + GiveUpAfter))
        {
            throw new DemoFailure($"{this}: the transfer did not end");
        }

        if (_failure is not null)
        {
            throw new DemoFailure($"{this}: {_failure.Message}");
        }

        string sent = Convert.ToHexStringLower(_sentHash.GetHashAndReset());
        string received = Convert.ToHexStringLower(_receivedHash.GetHashAndReset());
        return sent == received ? sent : throw new DemoFailure($"{this}: what arrived is not what was sent ({received} instead of {sent})");
    }

    /// <summary>The source's host got an acknowledgement.</summary>
    public void Acknowledged(ReadOnlySpan<byte> payload)
    {
        long next = BinaryPrimitives.ReadInt64BigEndian(payload[1..]);
        lock (_gate)
        {
            if (next > _acknowledged)
            {
                _acknowledged = next;
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>The destination's host got a packet.</summary>
    public void Received(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != HeaderLength + PayloadLength)
        {
            return;
        }

        long sequence = BinaryPrimitives.ReadInt64BigEndian(payload[1..]);
        bool inOrder = sequence == _expected;
        if (inOrder)
        {
            _receivedHash.AppendData(payload[HeaderLength..]);
            Interlocked.Increment(ref _expected);
        }

        if (!inOrder || payload[0] == DataAcknowledgeNow || _expected % AcknowledgeEvery == 0)
        {
            Acknowledge();
        }
    }

    public void Dispose()
    {
        _sentHash.Dispose();
        _receivedHash.Dispose();
    }

    public override string ToString() => $"{Source.Name,-5} -> {Destination.Name,-5}";

    private void Acknowledge()
    {
        Span<byte> payload = _answer.AsSpan(UdpPacket.PayloadAt(Destination.IPv4), HeaderLength);
        payload[0] = Acknowledgement;
        BinaryPrimitives.WriteInt64BigEndian(payload[1..], _expected);
        int length = UdpPacket.Finish(_answer, Destination.IPv4, Source.IPv4, HeaderLength);
        Destination.TryInject(_answer.AsSpan(0, length));
    }

    private void Send()
    {
        try
        {
            Transfer();
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }

    private void Transfer()
    {
        long start = Stopwatch.GetTimestamp();
        long progressAt = start;
        long next = 0; // to be sent
        long hashed = 0; // sent at least once
        long seen = 0; // acknowledged, as last looked at
        bool last = false;
        while (!last || seen < hashed)
        {
            while (next < seen + Window && (!last || next < hashed))
            {
                bool isNew = next == hashed;
                last |= isNew && Stopwatch.GetElapsedTime(start) >= _duration;
                SendPacket(next, isNew, acknowledgeNow: last || next + 1 == seen + Window);
                hashed += isNew ? 1 : 0;
                next++;
            }

            long before = seen;
            seen = WaitForProgress(seen);
            if (seen > before)
            {
                progressAt = Stopwatch.GetTimestamp();
                next = Math.Max(next, seen);
            }
            else if (Stopwatch.GetElapsedTime(progressAt) > GiveUpAfter)
            {
                throw new DemoFailure($"nothing was acknowledged for {GiveUpAfter.TotalSeconds} s");
            }
            else
            {
                Interlocked.Add(ref _retransmitted, next - seen);
                next = seen; // go back N
            }
        }

        Elapsed = Stopwatch.GetElapsedTime(start);
    }

    private long WaitForProgress(long seen)
    {
        lock (_gate)
        {
            if (_acknowledged == seen)
            {
                Monitor.Wait(_gate, RetransmitAfter);
            }

            return _acknowledged;
        }
    }

    private void SendPacket(long sequence, bool isNew, bool acknowledgeNow)
    {
        Span<byte> payload = _packet.AsSpan(UdpPacket.PayloadAt(Source.IPv4), HeaderLength + PayloadLength);
        payload[0] = acknowledgeNow ? DataAcknowledgeNow : Data;
        BinaryPrimitives.WriteInt64BigEndian(payload[1..], sequence);
        Fill(payload[HeaderLength..], (ulong)sequence);
        if (isNew)
        {
            _sentHash.AppendData(payload[HeaderLength..]);
        }

        int length = UdpPacket.Finish(_packet, Source.IPv4, Destination.IPv4, payload.Length);
        Source.Inject(_packet.AsSpan(0, length));
    }

    // Different in every packet, and the same when it is sent again (SplitMix64).
    private static void Fill(Span<byte> bytes, ulong seed)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            seed += 0x9E3779B97F4A7C15;
            ulong mixed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, mixed ^ (mixed >> 27));
        }
    }
}
