namespace FifoDtls;

/// <summary>Counters of a <see cref="DtlsEndpoint"/> since it was made, and its present size.</summary>
/// <param name="Peers">Peers now, those in handshake included.</param>
/// <param name="AcceptingHandshakes">Handshakes in progress now in which this side is the server.</param>
/// <param name="WorkerThreads">Threads of peers now, parked ones included.</param>
/// <param name="Accepted">Associations established with this side as the server.</param>
/// <param name="Connected">Associations established with this side as the client.</param>
/// <param name="HandshakesFailed">Handshakes that ended otherwise.</param>
/// <param name="DatagramsReceived">Datagrams read from the socket.</param>
/// <param name="BytesReceived">Their bytes.</param>
/// <param name="DatagramsSent">Datagrams given to the socket.</param>
/// <param name="BytesSent">Their bytes.</param>
/// <param name="SendErrors">Datagrams that the system refused to send.</param>
/// <param name="UnknownSources">Datagrams dropped because their source is no peer and they are no ClientHello.</param>
/// <param name="MalformedHellos">ClientHellos dropped because they are malformed, or have more cipher suites than any real one.</param>
/// <param name="HelloVerifyRequests">Cookies sent.</param>
/// <param name="InvalidCookies">ClientHellos with a cookie that was not ours, or no longer.</param>
/// <param name="RefusedPeersFull">ClientHellos dropped at <see cref="DtlsEndpointOptions.MaxPeers"/>.</param>
/// <param name="RefusedHandshakesFull">ClientHellos dropped at <see cref="DtlsEndpointOptions.MaxHandshakes"/>.</param>
/// <param name="CrossedHellos">Times that both sides connected at once and one yielded.</param>
/// <param name="FifoDrops">Datagrams dropped because a peer's FIFO was full or just closed, or the datagram too large for it.</param>
public sealed partial record DtlsEndpointStatistics(
    int Peers,
    int AcceptingHandshakes,
    int WorkerThreads,
    long Accepted,
    long Connected,
    long HandshakesFailed,
    long DatagramsReceived,
    long BytesReceived,
    long DatagramsSent,
    long BytesSent,
    long SendErrors,
    long UnknownSources,
    long MalformedHellos,
    long HelloVerifyRequests,
    long InvalidCookies,
    long RefusedPeersFull,
    long RefusedHandshakesFull,
    long CrossedHellos,
    long FifoDrops);
