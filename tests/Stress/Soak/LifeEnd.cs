namespace FifoDtls.Stress;

/// <summary>How an association of a soak is meant to end.</summary>
internal enum LifeEnd
{
    ClosedByClient,
    ClosedByServer,
    Death,
    HandshakeClosed,
    HandshakeCancelled,
}
