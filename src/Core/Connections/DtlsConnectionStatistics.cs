namespace FifoDtls;

/// <summary>Counters of one association since it was made.</summary>
/// <param name="DatagramsReceived">Datagrams taken from the transport.</param>
/// <param name="DatagramsSent">Datagrams given to the transport.</param>
/// <param name="DatagramsInvalid">
/// Datagrams dropped silently because they were no DTLS records, or were application data or alerts that yielded nothing: wrong MAC, replay, wrong epoch (RFC 6347 §4.1.2.7). During a handshake also those in
/// which a record in the clear was malformed, or was an alert that the peer's next datagram belied.
/// </param>
/// <param name="Retransmissions">How often the handshake timer expired and a flight was sent again.</param>
/// <param name="PayloadsReceived">Payloads delivered by Receive.</param>
/// <param name="PayloadsSent">Payloads taken by Send.</param>
/// <param name="PayloadBytesReceived">Bytes delivered by Receive.</param>
/// <param name="PayloadBytesSent">Bytes taken by Send.</param>
public readonly record struct DtlsConnectionStatistics(
    long DatagramsReceived,
    long DatagramsSent,
    long DatagramsInvalid,
    long Retransmissions,
    long PayloadsReceived,
    long PayloadsSent,
    long PayloadBytesReceived,
    long PayloadBytesSent);
