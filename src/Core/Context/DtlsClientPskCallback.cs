namespace FifoDtls;

/// <summary>Gives a client's identity and key. An exception ends the handshake and is its failure's inner exception.</summary>
/// <param name="identityHint">What the server sent to help with the choice, or <see langword="null"/>. Nobody vouches for it: it comes before the server is authenticated.</param>
/// <returns>Identity and key; <see langword="null"/> gives the handshake up.</returns>
/// <remarks>Called on the thread that does the handshake, which holds the connection's lock: it must not wait for anything that uses this connection. May be called by several threads at once.</remarks>
public delegate DtlsPsk? DtlsClientPskCallback(string? identityHint);
