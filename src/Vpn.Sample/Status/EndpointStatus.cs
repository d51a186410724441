namespace FifoVpn.Status;

/// <summary>The counters of the node's UDP socket that matter to who runs it; all but the first only grow.</summary>
/// <param name="Associations">Associations now, those in handshake and with rendezvous servers included.</param>
/// <param name="HandshakesAsClient">Handshakes done as the caller.</param>
/// <param name="HandshakesAsServer">Handshakes done as the called.</param>
/// <param name="HandshakesFailed">Handshakes that ended otherwise.</param>
/// <param name="Resumptions">Handshakes done that resumed a session.</param>
/// <param name="CertificatesRefused">Certificates of others that were refused in the handshake.</param>
/// <param name="DatagramsSent">UDP datagrams sent.</param>
/// <param name="BytesSent">Their bytes.</param>
/// <param name="DatagramsReceived">UDP datagrams received.</param>
/// <param name="BytesReceived">Their bytes.</param>
/// <param name="DatagramsInvalid">Datagrams of peers dropped: no DTLS record, a wrong MAC, a replay.</param>
/// <param name="UnknownSources">Datagrams dropped that are of no peer, and no beginning of a handshake.</param>
/// <param name="Retransmissions">Flights of handshakes sent again.</param>
/// <param name="SendErrors">Datagrams that the system refused to send.</param>
/// <param name="KernelDrops">Datagrams that the system dropped because the socket's buffer was full.</param>
/// <param name="FifoDrops">Datagrams dropped because a peer's thread was behind.</param>
internal sealed record EndpointStatus(
    int Associations,
    long HandshakesAsClient,
    long HandshakesAsServer,
    long HandshakesFailed,
    long Resumptions,
    long CertificatesRefused,
    long DatagramsSent,
    long BytesSent,
    long DatagramsReceived,
    long BytesReceived,
    long DatagramsInvalid,
    long UnknownSources,
    long Retransmissions,
    long SendErrors,
    long KernelDrops,
    long FifoDrops);
