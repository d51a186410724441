using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// A client's session, by which a later association with the same server is resumed. Opaque and serialisable. It holds the session's master secret: whoever has it can
/// read and forge what is sent under it, so store it like a private key, and dispose it.
/// </summary>
/// <remarks>Thread-safe, except that nobody may use it while or after it is disposed. May be offered any number of times.</remarks>
public sealed unsafe class DtlsSession : IDisposable
{
    // magic, binding, time of the full handshake, length of the server name (255: none), server name, SSL_SESSION in DER; then the digest of all that.
    private const int BindingAt = 4;
    private const int TimeAt = BindingAt + SHA256.HashSizeInBytes;
    private const int NameLengthAt = TimeAt + sizeof(long);
    private const int NameAt = NameLengthAt + 1;
    private const byte NoName = 255;

    private readonly byte[] _bytes;
    private bool _disposed;

    private DtlsSession(byte[] bytes) => _bytes = bytes;

    private static ReadOnlySpan<byte> Magic => "FDS1"u8;

    private int NameLength => _bytes[NameLengthAt] == NoName ? 0 : _bytes[NameLengthAt];

    private ReadOnlySpan<byte> Der => _bytes.AsSpan()[(NameAt + NameLength)..^SHA256.HashSizeInBytes];

    /// <summary>The session as bytes for <see cref="Import"/>. They hold the secret: the caller's to clear.</summary>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    public byte[] Export()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return [.. _bytes];
    }

    /// <summary>Makes a session of what <see cref="Export"/> has returned. The bytes are copied.</summary>
    /// <exception cref="ArgumentException">The bytes are no session, or damaged.</exception>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    public static DtlsSession Import(ReadOnlySpan<byte> exported)
    {
        Libraries.EnsureLoaded();
        if (exported.Length <= NameAt + SHA256.HashSizeInBytes || !exported.StartsWith(Magic)
            || !SHA256.HashData(exported[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(exported[^SHA256.HashSizeInBytes..])
            || (exported[NameLengthAt] != NoName && exported[NameLengthAt] >= exported.Length - NameAt - SHA256.HashSizeInBytes))
        {
            throw new ArgumentException($"These {exported.Length} bytes are no exported session, or damaged: do a full handshake and export its session.", nameof(exported));
        }

        var session = new DtlsSession(Copy(exported));
        try
        {
            session.ToNative().Dispose();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Clears the secret.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }

    // Pinned, so that the collector leaves no copies that can't be cleared.
    private static byte[] Allocate(int size) => GC.AllocateArray<byte>(size, pinned: true);

    private static byte[] Copy(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = Allocate(bytes.Length);
        bytes.CopyTo(copy);
        return copy;
    }

    /// <summary>When the peers last verified each other, in seconds since 1970.</summary>
    internal long FullHandshakeAt => BinaryPrimitives.ReadInt64BigEndian(_bytes.AsSpan(TimeAt));

    /// <param name="session">The session.</param>
    /// <param name="binding">What it is bound to.</param>
    /// <param name="serverName">What the server was called.</param>
    /// <param name="noLaterThan">The time of the full handshake at the latest: a new ticket for a resumed session makes it look new to libssl.</param>
    internal static DtlsSession Of(SafeSessionHandle session, ReadOnlySpan<byte> binding, string? serverName, long noLaterThan)
    {
        byte[] name = Encoding.UTF8.GetBytes(serverName ?? "");
        int size = LibSsl.i2d_SSL_SESSION(session, null);
        if (size <= 0 || name.Length >= NoName)
        {
            throw new DtlsException("libssl does not encode the session: " + OpenSslErrors.Drain());
        }

        byte[] bytes = Allocate(NameAt + name.Length + size + SHA256.HashSizeInBytes);
        Magic.CopyTo(bytes);
        binding.CopyTo(bytes.AsSpan(BindingAt));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(TimeAt), Math.Min(LibSsl.SSL_SESSION_get_time(session).Value, noLaterThan));
        bytes[NameLengthAt] = serverName is null ? NoName : (byte)name.Length;
        name.CopyTo(bytes.AsSpan(NameAt));
        fixed (byte* start = &bytes[NameAt + name.Length])
        {
            byte* cursor = start;
            _ = LibSsl.i2d_SSL_SESSION(session, &cursor);
        }

        SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes), bytes.AsSpan(^SHA256.HashSizeInBytes..));
        return new DtlsSession(bytes);
    }

    /// <summary>Whether the session may be offered: what it was verified by is what is demanded now.</summary>
    internal bool IsGoodFor(ReadOnlySpan<byte> binding, string? serverName, TimeSpan lifetime)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        string? name = _bytes[NameLengthAt] == NoName ? null : Encoding.UTF8.GetString(_bytes, NameAt, NameLength);
        long age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - FullHandshakeAt;
        return binding.SequenceEqual(_bytes.AsSpan(BindingAt, SHA256.HashSizeInBytes))
            && string.Equals(name, serverName, StringComparison.OrdinalIgnoreCase)
            && age >= 0 && age < lifetime.TotalSeconds;
    }

    internal SafeSessionHandle ToNative()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        LibCrypto.ERR_clear_error();
        ReadOnlySpan<byte> der = Der;
        fixed (byte* start = der)
        {
            byte* cursor = start;
            SafeSessionHandle session = LibSsl.d2i_SSL_SESSION(0, &cursor, new CLong(der.Length));
            return session.IsInvalid ? throw new ArgumentException("libssl can't read the session: " + OpenSslErrors.Drain()) : session;
        }
    }
}
