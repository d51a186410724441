namespace FifoDtls;

/// <summary>
/// Server role: session tickets (RFC 5077). The client keeps the session itself, encrypted (AES-256-CBC) and authenticated (HMAC-SHA-256) by keys that only the server has, so that the server
/// keeps nothing. Each key makes tickets for one <see cref="Rotation"/>; it then opens them for as long as they may be resumed, and the client gets one under the current key instead.
/// </summary>
/// <remarks>
/// <para>Whoever gets hold of a key can read what was sent under every session that has a ticket of it, also what was recorded before; so a key is cleared at the first handshake after its last
/// ticket has expired, and when the context is disposed.</para>
/// <para>Nobody can take a ticket back: unlike a session in the cache it also survives a restart, if <see cref="Key"/> is given. A resumed client's certificate is not checked again, no revocation
/// list is consulted and no callback asked, so <see cref="DtlsResumptionOptions.Lifetime"/> is the longest time for which a client that lost its right may still come in. It counts from the full
/// handshake, however often the ticket is replaced. What ends all tickets at once is a context with another <see cref="DtlsResumptionOptions.Scope"/>, other trust anchors, pins or revocation lists,
/// or another <see cref="Key"/>.</para>
/// <para>A session of more than 4,096 bytes, because of a large client certificate, gets no ticket, since it would not fit a ClientHello that all servers take; such a client is not resumed.</para>
/// </remarks>
public sealed class DtlsTicketOptions
{
    /// <summary>The fewest bytes of a <see cref="Key"/>.</summary>
    public const int MinKeySize = 32;

    /// <summary>
    /// A secret that several servers share, so that each resumes the sessions of the others, also after a restart. At least 32 random bytes. The context copies it and clears its copy when it
    /// is disposed. The key of each <see cref="Rotation"/> is derived from it (HKDF, RFC 5869) and the number of the rotation since 1970, so the servers need the same rotation and lifetime, clocks
    /// that agree to within one rotation, and the same scope, trust and certificate. Default: empty: random keys of this context's own, a new one for each rotation.
    /// </summary>
    public ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>How long a key makes tickets. 1 minute to 1 day. Default: 1 hour.</summary>
    public TimeSpan Rotation { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Tells when keys are due, and with <see cref="Key"/> the date. Sessions expire by the system's clock, whatever this is.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        if (Key.Length is > 0 and < MinKeySize)
        {
            throw new ArgumentException(
                $"{nameof(DtlsTicketOptions)}.{nameof(Key)} has {Key.Length} bytes; it needs at least {MinKeySize} random ones, or none for keys of the context's own.", nameof(Key));
        }

        if (Rotation < TimeSpan.FromMinutes(1) || Rotation > TimeSpan.FromDays(1))
        {
            throw new ArgumentOutOfRangeException(nameof(Rotation), Rotation, $"{nameof(DtlsTicketOptions)}.{nameof(Rotation)} is 1 minute to 1 day.");
        }
    }
}
