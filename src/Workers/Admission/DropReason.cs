namespace FifoDtls;

/// <summary>Why the reader dropped a datagram whose source is no peer.</summary>
internal enum DropReason
{
    UnknownSource,
    MalformedHello,
    PeersFull,
    HandshakesFull,
    HelloVerifyRate,
    HandshakeRate,
    OversizedHello,
    ReassembliesFull,
}
