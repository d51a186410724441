using System.Diagnostics;

namespace FifoDtls.Stress;

/// <summary>One established association of a peer: the pacer's thread sends, the peer's thread receives.</summary>
internal sealed class SoakLife
{
    internal const int MaxBatch = 64;

    private readonly DtlsPeer _peer;
    private readonly int _number;
    private readonly int _life;
    private readonly SoakSettings _settings;
    private readonly SoakCounters _counters;
    private readonly Random _sizes; // the sender's, like _payloads
    private readonly int _largest; // of a payload, in bytes
    private readonly byte[] _payloads;
    private readonly int[] _lengths;
    private readonly SequenceWindow _window = new(); // the receiver's
    private readonly Lock _sending = new(); // guards _sequence and the end of the sending
    private uint _sequence;
    private bool _mayNotSend;

    internal SoakLife(DtlsPeer peer, int number, int life, SoakSettings settings, SoakCounters counters)
    {
        _peer = peer;
        _number = number;
        _life = life;
        _settings = settings;
        _counters = counters;
        _sizes = Seeds.Random(settings.Seed, SeedPurpose.Payload, number, life);
        _largest = Math.Min(settings.DatagramSize.Max, peer.Negotiated!.MaxPayloadSize);
        _payloads = new byte[settings.Batch * _largest];
        _lengths = new int[settings.Batch];
    }

    /// <summary>How many payloads were sent and have not come back.</summary>
    internal long Outstanding
    {
        get
        {
            lock (_sending)
            {
                return _sequence - _window.Distinct;
            }
        }
    }

    /// <summary>Sends the next payloads, unless the sending has ended.</summary>
    /// <param name="asksForClose">One, which asks the server to close.</param>
    internal void Send(bool asksForClose = false)
    {
        lock (_sending)
        {
            if (_mayNotSend)
            {
                return;
            }

            _mayNotSend = asksForClose;
            int count = asksForClose ? 1 : _lengths.Length;
            int total = 0;
            int size = DrawSize();
            for (int i = 0; i < count; i++)
            {
                // Of one size but for the last, which may be smaller, most go as segments of one datagram; after a larger one they can't.
                int length = _lengths[i] = i == count - 1 ? DrawSize() : size;
                new SoakPayload(_number, _life, _sequence + (uint)i, Stopwatch.GetTimestamp(), asksForClose).Write(_payloads.AsSpan(total, length));
                total += length;
            }

            Send(_payloads.AsSpan(0, total), _lengths.AsSpan(0, count));
        }
    }

    private int DrawSize() => Math.Min(_largest, _settings.DatagramSize.Draw(_sizes));

    private void Send(ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths)
    {
        bool mayHaveSent = true;
        try
        {
            if (lengths.Length == 1)
            {
                _peer.Send(payloads);
            }
            else
            {
                _peer.SendBatch(payloads, lengths);
            }
        }
        catch (Exception exception) when (exception is DtlsException or ObjectDisposedException or InvalidOperationException)
        {
            Interlocked.Increment(ref _counters.SendsRefused); // the association has ended; the receiver learns how
            mayHaveSent = lengths.Length > 1; // some of a batch, whose numbers must not be used again
        }

        if (mayHaveSent)
        {
            _sequence += (uint)lengths.Length;
            Interlocked.Add(ref _counters.Sent, lengths.Length);
        }
    }

    /// <summary>Nothing is sent from now on.</summary>
    internal void StopSending()
    {
        lock (_sending)
        {
            _mayNotSend = true;
        }
    }

    /// <summary>Checks and counts a payload that came back.</summary>
    internal void Take(ReadOnlySpan<byte> payload)
    {
        Interlocked.Increment(ref _counters.Received);
        if (!SoakPayload.TryRead(payload, out SoakPayload header))
        {
            Interlocked.Increment(ref _counters.PayloadErrors);
        }
        else if (header.Peer != _number || header.Life != _life)
        {
            Interlocked.Increment(ref _counters.CrossDeliveries);
        }
        else
        {
            (bool duplicate, bool outOfOrder) = _window.Note(header.Sequence);
            _counters.RoundTrips.Add(Stopwatch.GetTimestamp() - header.SentAt);
            Interlocked.Add(ref _counters.Duplicated, duplicate ? 1 : 0);
            Interlocked.Add(ref _counters.OutOfOrder, outOfOrder ? 1 : 0);
        }
    }

    /// <summary>Settles what has not come back: lost if there was time for it, else lost or on its way.</summary>
    internal void Settle(bool drained) => Interlocked.Add(ref drained ? ref _counters.Lost : ref _counters.OutstandingAtDeath, Outstanding);
}
