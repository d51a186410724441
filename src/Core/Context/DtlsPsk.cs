namespace FifoDtls;

/// <summary>A client's identity and the key that it shares with the server (RFC 4279).</summary>
public sealed class DtlsPsk
{
    /// <summary>Takes identity and key.</summary>
    /// <param name="identity">1 to 128 bytes as UTF-8, without NUL; goes over the wire in the clear.</param>
    /// <param name="key">1 to 512 bytes, random and at least 16 of them to be secure. Overwritten with zeros once it has been used: give a copy.</param>
    /// <exception cref="ArgumentException">Identity or key is too short or too long, or there is a NUL in the identity.</exception>
    public DtlsPsk(string identity, byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        PskLimits.RequireIdentity(identity, nameof(identity));
        PskLimits.RequireKey(key, nameof(key));
        Identity = identity;
        Key = key;
    }

    /// <summary>The identity.</summary>
    public string Identity { get; }

    internal byte[] Key { get; }
}
