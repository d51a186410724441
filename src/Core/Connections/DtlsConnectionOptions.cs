namespace FifoDtls;

/// <summary>What is particular to one association.</summary>
public sealed partial class DtlsConnectionOptions
{
    /// <summary>
    /// Client role: the host name or IP address that the server's certificate must carry (RFC 9525: in its subjectAltName; the common name does not count, and a
    /// wildcard stands for one whole leftmost label); a host name is also sent as SNI (RFC 6066 §3). A name that is not ASCII is converted to A-labels (<c>bücher.example</c> to
    /// <c>xn--bcher-kva.example</c>).
    /// Default: <see langword="null"/>: the certificate must be valid, whoever it names, and the caller judges <see cref="DtlsNegotiated.PeerCertificate"/>.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>
    /// Server role: the caller has done the cookie exchange (RFC 6347 §4.2.1), and the first datagram that the transport yields is the
    /// whole ClientHello whose cookie the caller has verified. Default: <see langword="false"/>: no cookie exchange, for transports whose peer is known.
    /// </summary>
    public bool CookieVerified { get; init; }

    /// <summary>
    /// Server role: the context that asked for the association as a client, when its handshake gave way to the peer's own (both sides called at once). The peer must
    /// prove what that client would have demanded, <see cref="ServerName"/> included; else a ClientHello would be a way around the proof.
    /// </summary>
    internal DtlsContext? AskedBy { get; init; }

    internal void Validate(DtlsRole role)
    {
        ValidateTimers();
        RequireHandshakeDatagramSize(MaxHandshakeDatagramSize);
        if (role == DtlsRole.Server && ServerName is not null && AskedBy is null)
        {
            throw new ArgumentException($"{nameof(ServerName)} is for the client role.");
        }

        if (role == DtlsRole.Server && Session is not null)
        {
            throw new ArgumentException($"{nameof(Session)} is for the client role.");
        }

        if (role == DtlsRole.Client && CookieVerified)
        {
            throw new ArgumentException($"{nameof(CookieVerified)} is for the server role.");
        }

        if (AsciiServerName is { Length: 0 or > 253 })
        {
            throw new ArgumentException($"{nameof(ServerName)} has 1 to 253 characters.");
        }
    }
}
