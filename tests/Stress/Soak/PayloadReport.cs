namespace FifoDtls.Stress;

/// <summary>The clients' payloads, which the server sends back.</summary>
/// <param name="Lost">Not come back within 2 s of the last one, before an orderly close.</param>
/// <param name="OutstandingAtDeath">Not come back when the association died, as planned or not: lost, or on the way.</param>
/// <param name="Errors">Not what was sent; on either side. Must be 0.</param>
/// <param name="CrossDeliveries">Of another peer, or of another association of the peer; on either side. Must be 0.</param>
/// <param name="Duplicated">Delivered twice. Must be 0: the record layer detects replays (RFC 6347 §4.1.2.6).</param>
internal sealed record PayloadReport(
    long Sent, long Received, long Lost, long OutstandingAtDeath, long Duplicated, long OutOfOrder, long Errors, long CrossDeliveries, long SendsRefused, long ServerClosesUnseen);
