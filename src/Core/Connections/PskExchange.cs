using System.Security.Cryptography;
using System.Text;

namespace FifoDtls;

/// <summary>One association's questions to the PSK callbacks. Used on the thread that does the handshake. Nothing here throws: libssl calls it.</summary>
internal sealed class PskExchange(DtlsClientPskCallback? client, DtlsServerPskCallback? server)
{
    // Longer than libssl's buffer: it takes that for an internal error, while 0 means that there is no key.
    private const uint Failed = uint.MaxValue;

    /// <summary>What a callback threw, or what was wrong with its answer.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Whether a key has been given to libssl, which then relies on it.</summary>
    internal bool KeyGiven { get; private set; }

    /// <summary>Asks the client's callback.</summary>
    /// <returns>The key's length, or 0 when there is none, or what libssl takes for a failure.</returns>
    internal uint ProvideClientKey(string? hint, Span<byte> identitySpace, Span<byte> keySpace)
    {
        try
        {
            if (client!(hint) is not { } psk)
            {
                return 0;
            }

            int size = Encoding.UTF8.GetBytes(psk.Identity, identitySpace[..^1]);
            identitySpace[size] = 0;
            return Give(psk.Key, keySpace);
        }
        catch (Exception exception)
        {
            Failure = exception;
            return Failed;
        }
    }

    /// <summary>Asks the server's callback.</summary>
    /// <returns>The key's length, or 0 when the identity is not known, or what libssl takes for a failure.</returns>
    internal uint ProvideServerKey(ReadOnlySpan<byte> identity, Span<byte> keySpace)
    {
        try
        {
            return Decode(identity) is { } name && server!(name) is { } key ? Give(key, keySpace) : 0;
        }
        catch (Exception exception)
        {
            Failure = exception;
            return Failed;
        }
    }

    private static string? Decode(ReadOnlySpan<byte> identity)
    {
        try
        {
            return PskLimits.StrictUtf8.GetString(identity);
        }
        catch (DecoderFallbackException)
        {
            return null; // an identity that is no text is nobody's
        }
    }

    private uint Give(byte[] key, Span<byte> keySpace)
    {
        try
        {
            PskLimits.RequireKey(key, nameof(key));
            key.CopyTo(keySpace);
            KeyGiven = true;
            return (uint)key.Length;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
