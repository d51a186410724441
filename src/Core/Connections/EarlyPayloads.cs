using System.Diagnostics.CodeAnalysis;

namespace FifoDtls;

/// <summary>Payloads that wait for the handshake to be done, bounded in number and bytes. Thread-safe; taken out by the handshaking thread alone.</summary>
internal sealed class EarlyPayloads(int maxCount, int maxBytes)
{
    private readonly Lock _lock = new(); // guards all fields below
    private Queue<byte[]>? _payloads; // most associations never need one
    private int _bytes;
    private bool _flushed;

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _payloads?.Count ?? 0;
            }
        }
    }

    /// <summary>Queues a copy.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="flushed">The handshake is done and all that was queued has gone out: the payload may be sent directly, and is not queued.</param>
    /// <returns>Whether it was queued.</returns>
    internal bool TryAdd(ReadOnlySpan<byte> payload, out bool flushed)
    {
        lock (_lock)
        {
            flushed = _flushed;
            if (flushed || (_payloads?.Count ?? 0) >= maxCount || payload.Length > maxBytes - _bytes)
            {
                return false;
            }

            (_payloads ??= new Queue<byte[]>()).Enqueue(payload.ToArray());
            _bytes += payload.Length;
            return true;
        }
    }

    /// <summary>Takes the next one out. When there is none, nothing is queued from then on.</summary>
    internal bool TryTake([NotNullWhen(true)] out byte[]? payload)
    {
        lock (_lock)
        {
            payload = null;
            if (_payloads is null || !_payloads.TryDequeue(out payload))
            {
                _flushed = true;
                _payloads = null;
                return false;
            }

            _bytes -= payload.Length;
            return true;
        }
    }

    /// <summary>Queues again: the handshake is done anew, as the server.</summary>
    internal void Reopen()
    {
        lock (_lock)
        {
            _flushed = false;
        }
    }
}
