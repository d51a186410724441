using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FifoDtls;

/// <summary>
/// The keys of a context's tickets, by the number of their rotation: the current one, those before it whose tickets may still be resumed, and with a shared key the next one, of a server whose
/// clock is ahead.
/// </summary>
/// <remarks>Thread-safe. The keys are looked at when one is needed: there is no timer.</remarks>
internal sealed class TicketKeys : IDisposable
{
    private readonly Lock _lock = new(); // guards the keys, which are copied out under it
    private readonly Dictionary<long, TicketKey> _keys = [];
    private readonly TimeProvider _clock;
    private readonly long _startedAt;
    private readonly TimeSpan _rotation;
    private readonly TimeSpan _lifetime;
    private readonly long _reach;
    private readonly byte[]? _shared;
    private long _period = -1;
    private bool _disposed;

    /// <param name="options">Valid options.</param>
    /// <param name="lifetime">How long a session may be resumed.</param>
    internal TicketKeys(DtlsTicketOptions options, TimeSpan lifetime)
    {
        _clock = options.Clock;
        _startedAt = _clock.GetTimestamp();
        _rotation = options.Rotation;
        _lifetime = lifetime;
        _reach = (lifetime.Ticks + _rotation.Ticks - 1) / _rotation.Ticks; // of a session that began when its key was about to be replaced
        if (!options.Key.IsEmpty)
        {
            _shared = GC.AllocateUninitializedArray<byte>(options.Key.Length, pinned: true);
            options.Key.Span.CopyTo(_shared);
        }
    }

    /// <summary>How many keys are kept now.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _keys.Count;
            }
        }
    }

    /// <summary>Copies the key that tickets are made with now.</summary>
    /// <returns><see langword="false"/> when disposed.</returns>
    internal bool TryCopyCurrent(Span<byte> key)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return false;
            }

            RotateWhenDue();
            _keys[_period].Bytes.CopyTo(key);
            return true;
        }
    }

    /// <summary>Copies the key that a ticket was made with.</summary>
    /// <param name="name">What names it in the ticket.</param>
    /// <param name="key">Takes the key.</param>
    /// <param name="isOld">Whether a ticket under the current key should take the ticket's place.</param>
    /// <returns><see langword="false"/> when there is no such key, or no longer.</returns>
    internal bool TryCopy(ReadOnlySpan<byte> name, Span<byte> key, out bool isOld)
    {
        isOld = false;
        lock (_lock)
        {
            if (_disposed)
            {
                return false;
            }

            RotateWhenDue();
            foreach ((long period, TicketKey candidate) in _keys)
            {
                if (candidate.Name.SequenceEqual(name)) // names are no secret
                {
                    candidate.Bytes.CopyTo(key);
                    isOld = period < _period;
                    return true;
                }
            }

            return false;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            CryptographicOperations.ZeroMemory(_shared);
            foreach (TicketKey key in _keys.Values)
            {
                key.Clear();
            }

            _keys.Clear();
        }
    }

    private void RotateWhenDue()
    {
        long period = (_shared is null ? _clock.GetElapsedTime(_startedAt) : _clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / _rotation.Ticks;
        if (period == _period)
        {
            return;
        }

        // A clock that is set back may bring shared keys back; random ones go by a clock that is never set.
        long oldest = period - _reach;
        long newest = _shared is null ? period : period + 1;
        foreach ((long number, TicketKey key) in _keys)
        {
            if (number < oldest || number > newest)
            {
                key.Clear();
                _ = _keys.Remove(number);
            }
        }

        // Of the rotations that passed without a handshake nobody has a ticket, unless from another server.
        for (long number = _shared is null ? period : oldest; number <= newest; number++)
        {
            if (!_keys.ContainsKey(number))
            {
                _keys.Add(number, Make(number));
            }
        }

        _period = period;
    }

    private TicketKey Make(long number)
    {
        TicketKey key = new();
        if (_shared is null)
        {
            RandomNumberGenerator.Fill(key.Bytes);
            return key;
        }

        // Servers that differ in rotation or lifetime have no key in common: the one's tickets could outlive what the other allows.
        ReadOnlySpan<byte> label = "FifoDtls ticket key "u8;
        Span<byte> info = stackalloc byte[label.Length + (3 * sizeof(long))];
        label.CopyTo(info);
        BinaryPrimitives.WriteInt64BigEndian(info[label.Length..], _rotation.Ticks);
        BinaryPrimitives.WriteInt64BigEndian(info[(label.Length + sizeof(long))..], _lifetime.Ticks);
        BinaryPrimitives.WriteInt64BigEndian(info[(label.Length + (2 * sizeof(long)))..], number);
        HKDF.Expand(HashAlgorithmName.SHA256, _shared, key.Bytes, info);
        return key;
    }
}
