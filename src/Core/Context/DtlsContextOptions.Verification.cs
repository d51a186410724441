namespace FifoDtls;

public sealed partial class DtlsContextOptions
{
    /// <summary>
    /// The only certificates that peers may show: the SHA-256 of the whole certificate (DER) as 64 hexadecimal digits, in either case, with or without
    /// colons between the bytes; what <c>X509Certificate2.GetCertHashString(HashAlgorithmName.SHA256)</c> and <c>openssl x509 -fingerprint -sha256</c> give.
    /// Both roles. Default: none, and then any certificate that leads to a trust anchor will do.
    /// </summary>
    /// <remarks>
    /// Only the peer's own certificate is compared, never those above it. Together with <see cref="TrustAnchors"/> both must hold: it leads to an anchor and
    /// it is pinned. Without trust anchors a pinned certificate stands for itself, whoever issued it; it may be self-signed. Its period of
    /// validity, its purpose and <see cref="DtlsConnectionOptions.ServerName"/> are checked in either case.
    /// A certificate that is not pinned is refused with <c>X509_V_ERR_CERT_REJECTED</c> (28) and the alert <see cref="DtlsAlert.BadCertificate"/>.
    /// </remarks>
    public IReadOnlyCollection<string> PinnedCertificates { get; init; } = [];

    /// <summary>
    /// Has the last word on each certificate that a peer shows: <see langword="true"/> accepts it, whatever OpenSSL has found, <see langword="false"/> refuses it.
    /// Both roles. Default: none, and OpenSSL's verdict stands. With it, neither trust anchors nor pins are needed.
    /// </summary>
    /// <remarks>
    /// <para>Called once in each handshake in which the peer shows a certificate that is to be verified; not for a client that shows none. Nothing has been delivered by then, and nothing
    /// is when it refuses: the handshake fails with <see cref="DtlsCertificateException"/>. What it throws refuses as well and becomes that exception's
    /// <see cref="Exception.InnerException"/>.</para>
    /// <para>Runs on the thread of the handshake, under the connection's lock: it must not call the connection, and while it runs this peer is not answered. Several handshakes may
    /// call it at once. The certificates are disposed when it returns.</para>
    /// <para>OpenSSL's verdict is the first thing that it found wrong; what it would have checked next is then unknown. So accept against the verdict only for a reason of its own, like
    /// a fingerprint that is known.</para>
    /// </remarks>
    public Func<DtlsCertificateVerdict, bool>? CertificateValidation { get; init; }
}
