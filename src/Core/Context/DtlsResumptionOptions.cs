namespace FifoDtls;

/// <summary>
/// Session resumption (RFC 5246 §7.3): a client that comes back with a <see cref="DtlsSession"/> skips the key exchange and the certificates. The server keeps the sessions in
/// a cache of the context, or gives them to the clients as <see cref="Tickets"/>.
/// </summary>
/// <remarks>
/// A resumed association is not verified anew: what the first handshake has found of the peer's certificate, its revocation included, stands for as long as
/// <see cref="Lifetime"/>, and <see cref="DtlsNegotiated.PeerCertificate"/> is the certificate of that handshake. Only sessions with extended master secret (RFC 7627) are resumed.
/// </remarks>
public sealed partial class DtlsResumptionOptions
{
    /// <summary>
    /// Names what the sessions are good for; a session of another scope is not resumed, but leads to a full handshake. The trust anchors, the pins, the own certificate and what is
    /// verified count as well, without being named. Name another scope when anything else changes that decides who may connect. 1 to 200 characters.
    /// </summary>
    public required string Scope { get; init; }

    /// <summary>How long a session may be resumed after its full handshake. 1 second to 1 day; whole seconds. Default: 1 hour.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Server role: how many sessions are kept; the oldest is forgotten first. 1 to 1,000,000. Default: 10,000, each of 1 to 3 KiB.</summary>
    public int CacheSize { get; init; } = 10_000;

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        if (string.IsNullOrEmpty(Scope) || Scope.Length > 200)
        {
            throw new ArgumentException($"{nameof(Scope)} has 1 to 200 characters.");
        }

        if (Lifetime < TimeSpan.FromSeconds(1) || Lifetime > TimeSpan.FromDays(1) || Lifetime.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(Lifetime), Lifetime, $"{nameof(Lifetime)} is 1 second to 1 day, in whole seconds.");
        }

        if (CacheSize is < 1 or > 1_000_000)
        {
            throw new ArgumentOutOfRangeException(nameof(CacheSize), CacheSize, $"{nameof(CacheSize)} is 1 to 1000000.");
        }

        Tickets?.Validate();
    }
}
