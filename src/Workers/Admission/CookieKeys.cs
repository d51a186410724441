using System.Net;
using System.Security.Cryptography;

namespace FifoDtls;

/// <summary>
/// Makes and checks cookies: HMAC-SHA-256 over the source's address and port and the parts of the ClientHello that stay the same in the second one
/// (RFC 6347 §4.2.1). The key is random and replaced on a timer; the previous one is still accepted. For the reader thread alone; allocates nothing per datagram.
/// </summary>
internal sealed class CookieKeys : IDisposable
{
    internal const int CookieSize = HMACSHA256.HashSizeInBytes;

    private const int KeySize = 32;
    private const int MaxAddressSize = 128;

    // What is signed is bounded, so that it fits the buffer; a ClientHello with more is none of a real client.
    private const int MaxHelloSize = 2048;

    private readonly TimeSpan _rotation;
    private readonly TimeProvider _clock;
    private readonly byte[] _current = GC.AllocateUninitializedArray<byte>(KeySize, pinned: true);
    private readonly byte[] _previous = GC.AllocateUninitializedArray<byte>(KeySize, pinned: true);
    private readonly byte[] _input = new byte[MaxAddressSize + MaxHelloSize];
    private long _rotatedAt;

    internal CookieKeys(TimeSpan rotation, TimeProvider clock)
    {
        _rotation = rotation;
        _clock = clock;
        RandomNumberGenerator.Fill(_current);
        RandomNumberGenerator.Fill(_previous);
        _rotatedAt = clock.GetTimestamp();
    }

    /// <summary>Whether the ClientHello carries the cookie that its sender was given, at this address, for these parameters.</summary>
    internal bool IsValid(in ClientHello hello, SocketAddress source)
    {
        if (hello.Cookie.Length != CookieSize || !TryGather(hello, source, out ReadOnlySpan<byte> input))
        {
            return false;
        }

        RotateWhenDue();
        Span<byte> expected = stackalloc byte[CookieSize];
        HMACSHA256.HashData(_current, input, expected);
        if (CryptographicOperations.FixedTimeEquals(expected, hello.Cookie))
        {
            return true;
        }

        HMACSHA256.HashData(_previous, input, expected);
        return CryptographicOperations.FixedTimeEquals(expected, hello.Cookie);
    }

    /// <summary>Makes the cookie for a ClientHello.</summary>
    /// <returns><see langword="false"/> when the ClientHello is too large to be served.</returns>
    internal bool TryMake(in ClientHello hello, SocketAddress source, Span<byte> cookie)
    {
        if (!TryGather(hello, source, out ReadOnlySpan<byte> input))
        {
            return false;
        }

        RotateWhenDue();
        HMACSHA256.HashData(_current, input, cookie);
        return true;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_current);
        CryptographicOperations.ZeroMemory(_previous);
    }

    private bool TryGather(in ClientHello hello, SocketAddress source, out ReadOnlySpan<byte> input)
    {
        input = default;
        ReadOnlySpan<byte> address = source.Buffer.Span[..source.Size];
        int length = address.Length + hello.VersionToSession.Length + hello.SuitesToCompression.Length;
        if (length > _input.Length)
        {
            return false;
        }

        // Each part's end is told by the lengths within it, so two different inputs never run together.
        address.CopyTo(_input);
        hello.VersionToSession.CopyTo(_input.AsSpan(address.Length));
        hello.SuitesToCompression.CopyTo(_input.AsSpan(address.Length + hello.VersionToSession.Length));
        input = _input.AsSpan(0, length);
        return true;
    }

    // Looked at when a cookie is made or checked: no timer, no lock. After a long silence both keys are replaced.
    private void RotateWhenDue()
    {
        TimeSpan age = _clock.GetElapsedTime(_rotatedAt);
        if (age < _rotation)
        {
            return;
        }

        if (age < 2 * _rotation)
        {
            _current.CopyTo(_previous, 0);
        }
        else
        {
            RandomNumberGenerator.Fill(_previous);
        }

        RandomNumberGenerator.Fill(_current);
        _rotatedAt = _clock.GetTimestamp();
    }
}
