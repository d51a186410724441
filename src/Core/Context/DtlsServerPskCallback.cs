namespace FifoDtls;

/// <summary>Looks a client's key up. An exception ends the handshake and is its failure's inner exception.</summary>
/// <param name="identity">The identity that the client claims (RFC 4279 §5.1): anybody may claim any; only the key proves it.</param>
/// <returns>
/// The key, 1 to 512 bytes, random and at least 16 of them to be secure. The array is overwritten with zeros once it has been used: return a copy. <see langword="null"/>: the identity is
/// not known, and the client is told so by the alert unknown_psk_identity.
/// </returns>
/// <remarks>Called on the thread that does the handshake, which holds the connection's lock: it must not wait for anything that uses this connection. May be called by several threads at once.</remarks>
public delegate byte[]? DtlsServerPskCallback(string identity);
