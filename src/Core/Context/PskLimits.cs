using System.Text;

namespace FifoDtls;

/// <summary>How long identities, hints and keys may be.</summary>
internal static class PskLimits
{
    /// <summary>In bytes; what every implementation must take (RFC 4279 §5.3).</summary>
    internal const int MaxIdentitySize = 128;

    /// <summary>In bytes; libssl's PSK_MAX_PSK_LEN.</summary>
    internal const int MaxKeySize = 512;

    /// <summary>Identities that are no UTF-8 are nobody's: a replacement character could make two of them equal.</summary>
    internal static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static void RequireIdentity(string identity, string name)
    {
        ArgumentNullException.ThrowIfNull(identity, name);
        int size = Encoding.UTF8.GetByteCount(identity);
        if (size is 0 or > MaxIdentitySize || identity.Contains('\0'))
        {
            throw new ArgumentException($"{name} has 1 to {MaxIdentitySize} bytes of UTF-8 and no NUL; this one has {size} bytes.", name);
        }
    }

    internal static void RequireKey(byte[] key, string name)
    {
        if (key.Length is 0 or > MaxKeySize)
        {
            throw new ArgumentException($"A pre-shared key has 1 to {MaxKeySize} bytes; this one has {key.Length}.", name);
        }
    }
}
