using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FifoDtls;

/// <summary>
/// Makes and checks cookies: HMAC-SHA-256 over the source's address and port and the parts of the ClientHello that stay the same in the second one
/// (RFC 6347 §4.2.1). For the reader thread alone; allocates nothing per datagram.
/// </summary>
/// <remarks>
/// A cookie is the time when it was made, in microseconds (0 with a shared key), and two HMACs, cut to 80 and 128 bits, both of which cover the time. The first covers what stands before the cookie in any ClientHello: version, random and
/// session. So it can be made and checked when the first fragment alone is there, wherever that ends. The second covers cipher suites and compression methods too; it is checked as soon as they are
/// seen. If they could not be seen when the cookie was made, it says just that.
/// </remarks>
internal sealed partial class CookieKeys : IDisposable
{
    /// <summary>The order of a cookie that can't be compared with others.</summary>
    internal const long Unordered = -1;

    internal const int CookieSize = TimeSize + FirstSize + SecondSize;

    private const int TimeSize = 6; // enough for nine years
    private const int FirstSize = 10;
    private const int SecondSize = 16;
    private const int KeySize = 32;
    private const int AddressSize = 16 + sizeof(ushort) + sizeof(uint);

    // What is signed is bounded, so that it fits the buffer; a ClientHello with more is none of a real client.
    private const int MaxHelloSize = 2048;

    private readonly TimeSpan _rotation;
    private readonly TimeProvider _clock;
    private readonly byte[] _input = new byte[1 + TimeSize + AddressSize + MaxHelloSize];
    private readonly long _start;
    private readonly long _timeAtStart = RandomNumberGenerator.GetInt32(int.MaxValue); // how long this process has run is nobody's affair

    // A key is kept as a MAC that is ready for the next message: setting one up costs more than the MAC of a ClientHello. libcrypto clears it at its end.
    private IncrementalHash _current;
    private IncrementalHash _previous;
    private long _rotatedAt;

    /// <param name="rotation">How long a key is used.</param>
    /// <param name="clock">Tells the time, and with a shared key the date.</param>
    /// <param name="shared">A key that other endpoints have too; copied. Empty: a random one of one's own.</param>
    internal CookieKeys(TimeSpan rotation, TimeProvider clock, ReadOnlySpan<byte> shared = default)
    {
        _rotation = rotation;
        _clock = clock;
        _start = clock.GetTimestamp();
        if (!shared.IsEmpty)
        {
            _shared = GC.AllocateUninitializedArray<byte>(shared.Length, pinned: true);
            shared.CopyTo(_shared);
            _period = CurrentPeriod;
            (_previous, _current, _next) = (Derive(_period - 1), Derive(_period), Derive(_period + 1));
            return;
        }

        (_previous, _current) = (CreateRandomKey(), CreateRandomKey());
        _rotatedAt = clock.GetTimestamp();
    }

    // What an HMAC of a cookie covers. The first byte of what is signed, so that the one never passes for the other.
    private enum Coverage : byte
    {
        UpToSession = 1,
        UpToCompression = 2,
        SuitesNotSeen = 3,
    }

    /// <summary>
    /// Whether the ClientHello carries the cookie that its sender was given, at this address, for these parameters. Of a first fragment, those that it shows: ask again once it is whole.
    /// </summary>
    /// <param name="hello">The ClientHello.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="order">Of two cookies, the one that was made later has the greater number; <see cref="Unordered"/> where others make cookies too, by clocks of their own.</param>
    internal bool IsValid(in ClientHello hello, SocketAddress source, out long order)
    {
        order = Unordered;
        if (hello.Cookie.Length != CookieSize || !TryGather(hello, source, hello.Cookie[..TimeSize]))
        {
            return false;
        }

        order = _shared is null ? ReadTime(hello.Cookie) : Unordered;
        RotateWhenDue();
        return IsMadeWith(_current, hello) || IsMadeWith(_previous, hello) || (_next is not null && IsMadeWith(_next, hello));
    }

    /// <summary>Makes the cookie for a ClientHello.</summary>
    /// <returns><see langword="false"/> when the ClientHello is too large to be served.</returns>
    internal bool TryMake(in ClientHello hello, SocketAddress source, Span<byte> cookie)
    {
        WriteTime(cookie);
        if (!TryGather(hello, source, cookie[..TimeSize]))
        {
            return false;
        }

        RotateWhenDue();
        Sign(_current, hello, Coverage.UpToSession, cookie.Slice(TimeSize, FirstSize));
        Sign(_current, hello, hello.ShowsSuites ? Coverage.UpToCompression : Coverage.SuitesNotSeen, cookie[^SecondSize..]);
        return true;
    }

    public void Dispose()
    {
        _current.Dispose();
        _previous.Dispose();
        _next?.Dispose();
        CryptographicOperations.ZeroMemory(_shared);
    }

    private bool IsMadeWith(IncrementalHash key, in ClientHello hello) =>
        Matches(key, hello, Coverage.UpToSession, hello.Cookie.Slice(TimeSize, FirstSize))
        && (!hello.ShowsSuites
            || Matches(key, hello, Coverage.UpToCompression, hello.Cookie[^SecondSize..])
            || Matches(key, hello, Coverage.SuitesNotSeen, hello.Cookie[^SecondSize..]));

    private bool Matches(IncrementalHash key, in ClientHello hello, Coverage coverage, ReadOnlySpan<byte> mac)
    {
        Span<byte> expected = stackalloc byte[mac.Length];
        Sign(key, hello, coverage, expected);
        return CryptographicOperations.FixedTimeEquals(expected, mac);
    }

    private void Sign(IncrementalHash key, in ClientHello hello, Coverage coverage, Span<byte> cut)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _input[0] = (byte)coverage;
        int length = 1 + TimeSize + AddressSize + hello.VersionToSession.Length + (coverage == Coverage.UpToCompression ? hello.SuitesToCompression.Length : 0);
        key.AppendData(_input.AsSpan(0, length));
        key.GetHashAndReset(mac);
        mac[..cut.Length].CopyTo(cut);
    }

    private void WriteTime(Span<byte> cookie)
    {
        long time = _shared is not null ? 0 : _timeAtStart + (_clock.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteUInt16BigEndian(cookie, (ushort)(time >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(cookie[2..], (uint)time);
    }

    private static long ReadTime(ReadOnlySpan<byte> cookie) => ((long)BinaryPrimitives.ReadUInt16BigEndian(cookie) << 32) | BinaryPrimitives.ReadUInt32BigEndian(cookie[2..]);

    private bool TryGather(in ClientHello hello, SocketAddress source, ReadOnlySpan<byte> time)
    {
        if (hello.VersionToSession.Length + hello.SuitesToCompression.Length > MaxHelloSize)
        {
            return false;
        }

        // Each part's end is told by the lengths within it, so two different inputs never run together.
        time.CopyTo(_input.AsSpan(1));
        Span<byte> input = _input.AsSpan(1 + TimeSize);
        WriteAddress(source, input[..AddressSize]);
        hello.VersionToSession.CopyTo(input[AddressSize..]);
        hello.SuitesToCompression.CopyTo(input[(AddressSize + hello.VersionToSession.Length)..]);
        return true;
    }

    // The same for an IPv4 source whether it is seen through an IPv4 socket or one of both families: servers that share a key may differ in that.
    // The layout of sockaddr_in and sockaddr_in6: port at 2, IPv4 address at 4; IPv6 address at 8, scope at 24.
    private static void WriteAddress(SocketAddress source, Span<byte> destination)
    {
        destination.Clear();
        ReadOnlySpan<byte> raw = source.Buffer.Span;
        raw.Slice(2, sizeof(ushort)).CopyTo(destination[16..]);
        if (source.Family == AddressFamily.InterNetwork)
        {
            destination.Slice(10, 2).Fill(0xFF);
            raw.Slice(4, 4).CopyTo(destination[12..]);
        }
        else
        {
            raw.Slice(8, 16).CopyTo(destination);
            raw.Slice(24, sizeof(uint)).CopyTo(destination[18..]);
        }
    }

    // Looked at when a cookie is made or checked: no timer, no lock. After a long silence both keys are replaced.
    private void RotateWhenDue()
    {
        if (_shared is not null)
        {
            DeriveWhenDue();
            return;
        }

        TimeSpan age = _clock.GetElapsedTime(_rotatedAt);
        if (age < _rotation)
        {
            return;
        }

        _previous.Dispose();
        _previous = age < 2 * _rotation ? _current : CreateRandomKey();
        if (_previous != _current)
        {
            _current.Dispose();
        }

        _current = CreateRandomKey();
        _rotatedAt = _clock.GetTimestamp();
    }

    private static IncrementalHash CreateRandomKey()
    {
        Span<byte> key = stackalloc byte[KeySize];
        RandomNumberGenerator.Fill(key);
        return CreateKey(key);
    }

    /// <summary>Makes a key of bytes, which are cleared.</summary>
    private static IncrementalHash CreateKey(Span<byte> key)
    {
        var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        CryptographicOperations.ZeroMemory(key);
        return mac;
    }
}
