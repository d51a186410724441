using System.Net.Security;

namespace FifoDtls;

public sealed partial class DtlsContextOptions
{
    /// <summary>
    /// The cipher suites to offer and accept, best first; a server's order rules. Each is one of <see cref="DtlsContext.SupportedCipherSuites"/>. Default: empty: ECDHE with AES-GCM or
    /// ChaCha20-Poly1305 and, with <see cref="ClientPsk"/> or <see cref="ServerPsk"/>, ECDHE_PSK with ChaCha20-Poly1305, then PSK with AES-GCM or ChaCha20-Poly1305.
    /// </summary>
    /// <remarks>
    /// A side uses the suites that it can authenticate with: those with certificates not without a certificate (server) or, beside a PSK, without trust in an authority (client); those with PSK
    /// not without a PSK callback for its role. A suite that is not supported (CBC, RSA key exchange, anonymous, export, …) is an <see cref="ArgumentException"/> of the context's constructor.
    /// </remarks>
    public IReadOnlyList<TlsCipherSuite> CipherSuites { get; init; } = [];
}
