using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace FifoDtls;

/// <summary>What a finished handshake has settled.</summary>
public sealed partial class DtlsNegotiated
{
    private readonly PeerCertificateSource? _peerCertificate;

    internal DtlsNegotiated(DtlsVersion version, TlsCipherSuite cipherSuite, PeerCertificateSource? peerCertificate, string? peerSubject, int maxPayloadSize)
    {
        Version = version;
        CipherSuite = cipherSuite;
        _peerCertificate = peerCertificate;
        PeerSubject = peerSubject;
        MaxPayloadSize = maxPayloadSize;
    }

    /// <summary>The protocol version.</summary>
    public DtlsVersion Version { get; }

    /// <summary>The cipher suite.</summary>
    public TlsCipherSuite CipherSuite { get; }

    /// <summary>The peer's certificate, or <see langword="null"/> when it sent none. It is disposed with the connection.</summary>
    public X509Certificate2? PeerCertificate => _peerCertificate?.Certificate;

    /// <summary>The certificate's subject, which outlives the certificate: a log line can't race with the connection's disposal.</summary>
    internal string? PeerSubject { get; }

    /// <summary>The largest payload, in bytes, that one Send takes: the datagram's size less what the cipher suite adds, and never more than the 16,384 of a record.</summary>
    public int MaxPayloadSize { get; }

    /// <summary>Whether an earlier session was resumed: then <see cref="PeerCertificate"/> is what that session's handshake has verified.</summary>
    public bool WasResumed { get; internal init; }

    /// <summary>Ends the certificate, with the connection.</summary>
    internal void DisposeCertificate() => _peerCertificate?.Dispose();
}
