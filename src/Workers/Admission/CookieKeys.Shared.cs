using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FifoDtls;

// A key that several endpoints have: each derives from it the same keys for the same times.
internal sealed partial class CookieKeys
{
    private readonly byte[]? _shared;
    private readonly byte[] _next = GC.AllocateArray<byte>(KeySize, pinned: true); // of a server whose clock is ahead
    private long _period = -1;

    private void DeriveWhenDue()
    {
        long period = (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / _rotation.Ticks;
        if (period == _period)
        {
            return;
        }

        _period = period;
        Derive(period - 1, _previous);
        Derive(period, _current);
        Derive(period + 1, _next);
    }

    private void Derive(long period, Span<byte> key)
    {
        ReadOnlySpan<byte> label = "FifoDtls cookie key "u8;
        Span<byte> input = stackalloc byte[label.Length + sizeof(long)];
        label.CopyTo(input);
        BinaryPrimitives.WriteInt64BigEndian(input[label.Length..], period);
        HMACSHA256.HashData(_shared!, input, key);
    }
}
