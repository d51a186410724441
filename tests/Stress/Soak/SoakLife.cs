using System.Diagnostics;

namespace FifoDtls.Stress;

/// <summary>One established association of a peer: the pacer's thread sends, the peer's thread receives.</summary>
internal sealed class SoakLife
{
    private readonly DtlsPeer _peer;
    private readonly int _number;
    private readonly int _life;
    private readonly SoakSettings _settings;
    private readonly SoakCounters _counters;
    private readonly Random _sizes; // the sender's, like _payload
    private readonly byte[] _payload;
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
        _payload = new byte[Math.Min(settings.DatagramSize.Max, peer.Negotiated!.MaxPayloadSize)];
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

    /// <summary>Sends the next payload, unless the sending has ended.</summary>
    internal void Send(bool asksForClose = false)
    {
        lock (_sending)
        {
            if (_mayNotSend)
            {
                return;
            }

            _mayNotSend = asksForClose;
            Span<byte> payload = _payload.AsSpan(0, Math.Min(_payload.Length, _settings.DatagramSize.Draw(_sizes)));
            new SoakPayload(_number, _life, _sequence, Stopwatch.GetTimestamp(), asksForClose).Write(payload);
            try
            {
                _peer.Send(payload);
                _sequence++;
                Interlocked.Increment(ref _counters.Sent);
            }
            catch (Exception exception) when (exception is DtlsException or ObjectDisposedException or InvalidOperationException)
            {
                Interlocked.Increment(ref _counters.SendsRefused); // the association has ended; the receiver learns how
            }
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
