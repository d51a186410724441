namespace FifoDtls;

// What bounds the sources that are no peers yet.
public sealed partial class DtlsEndpointOptions
{
    /// <summary>The fewest bytes of a <see cref="CookieKey"/>.</summary>
    public const int MinCookieKeySize = 32;

    /// <summary>
    /// A secret that several endpoints share, so that each accepts the cookies of the others: servers behind a load balancer that passes the clients' addresses on. At least 32
    /// random bytes. The endpoint copies it and clears its copy when it is disposed. The key of each <see cref="CookieRotation"/> is derived from it and the number of the rotation
    /// since 1970, so the servers need the same rotation, and clocks that agree to within one. Default: empty: a random key of this endpoint's own.
    /// </summary>
    public ReadOnlyMemory<byte> CookieKey { get; init; }

    /// <summary>
    /// The most HelloVerifyRequests (RFC 6347 §4.2.1) a second, in bursts of up to one second's number; ClientHellos beyond are dropped and counted, and their senders try again.
    /// Whoever has a valid cookie is not concerned. 1 to 10,000,000. Default: 50,000.
    /// </summary>
    public int MaxHelloVerifyRequestsPerSecond { get; init; } = 50_000;

    /// <summary>
    /// The most handshakes begun a second for clients that have proved their address, in bursts of up to one second's number; ClientHellos beyond are dropped and counted, and their
    /// senders try again. 1 to 10,000,000. Default: 5,000.
    /// </summary>
    public int MaxHandshakesPerSecond { get; init; } = 5_000;

    /// <summary>
    /// How many ClientHellos that come in fragments are put together at a time, each for 5 seconds at most, of up to 8,192 bytes, and only once their first fragment has shown a valid
    /// cookie. 0 refuses such ClientHellos. 0 to 1,024. Default: 64.
    /// </summary>
    public int MaxHelloReassemblies { get; init; } = 64;

    private void ValidateAdmission()
    {
        Require(MaxHelloVerifyRequestsPerSecond, 1, 10_000_000, nameof(MaxHelloVerifyRequestsPerSecond));
        Require(MaxHandshakesPerSecond, 1, 10_000_000, nameof(MaxHandshakesPerSecond));
        Require(MaxHelloReassemblies, 0, 1_024, nameof(MaxHelloReassemblies));
        if (CookieKey.Length is > 0 and < MinCookieKeySize)
        {
            throw new ArgumentException($"{nameof(CookieKey)} has {CookieKey.Length} bytes; it needs at least {MinCookieKeySize} random ones, or none for a key of the endpoint's own.", nameof(CookieKey));
        }
    }
}
