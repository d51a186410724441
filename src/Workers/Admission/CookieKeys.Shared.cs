using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FifoDtls;

// A key that several endpoints have: each derives from it the same keys for the same times.
internal sealed partial class CookieKeys
{
    private readonly byte[]? _shared;
    private IncrementalHash? _next; // of a server whose clock is ahead
    private long _period;

    private long CurrentPeriod => (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / _rotation.Ticks;

    private void DeriveWhenDue()
    {
        long period = CurrentPeriod;
        if (period == _period)
        {
            return;
        }

        _period = period;
        _previous.Dispose();
        _current.Dispose();
        _next!.Dispose();
        (_previous, _current, _next) = (Derive(period - 1), Derive(period), Derive(period + 1));
    }

    private IncrementalHash Derive(long period)
    {
        ReadOnlySpan<byte> label = "FifoDtls cookie key "u8;
        Span<byte> input = stackalloc byte[label.Length + sizeof(long)];
        label.CopyTo(input);
        BinaryPrimitives.WriteInt64BigEndian(input[label.Length..], period);
        Span<byte> key = stackalloc byte[KeySize];
        HMACSHA256.HashData(_shared!, input, key);
        return CreateKey(key);
    }
}
