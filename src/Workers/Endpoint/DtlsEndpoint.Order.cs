namespace FifoDtls;

// Which of two attempts at one address is the newer one. A client makes one attempt at a time, so an attempt whose client was given its cookie later than another's says that the other one was
// abandoned. The order in which the ClientHellos arrive does not say it: an older one may be late.
public sealed partial class DtlsEndpoint
{
    /// <summary>Whether a ClientHello comes from a client that has begun anew since, and has been served: it must not stand in its own way.</summary>
    private static bool IsLate(long order, PeerSlot slot) =>
        IsNewer(slot.Current.Exchange, order) || (slot.Successor is { } successor && IsNewer(successor.Exchange, order));

    /// <summary>
    /// Whether an accepted peer's handshake waits for a client that has begun anew. What it would repeat until its deadline, the client would take for the answer to its new attempt.
    /// </summary>
    private static bool IsAbandoned(DtlsPeer peer, long newerOrder) =>
        !peer.IsOutgoing && !peer.IsEstablished && peer.Exchange.CookieOrder is not CookieKeys.Unordered and var order && newerOrder > order;

    private static bool IsNewer(PeerExchange exchange, long order) =>
        order != CookieKeys.Unordered && exchange.CookieOrder > order;
}
