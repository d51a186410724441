using System.Net.Security;

namespace FifoDtls;

public sealed partial class DtlsNegotiated
{
    /// <summary>
    /// The host name that the client asked for (SNI, RFC 6066 §3), on both sides; <see langword="null"/> when it named none. On the server it is the client's word, not yet compared with anything.
    /// </summary>
    public string? RequestedServerName { get; internal init; }

    /// <summary>The application protocol that was agreed on (ALPN, RFC 7301), or <see langword="null"/> when there was none to agree on.</summary>
    public SslApplicationProtocol? ApplicationProtocol { get; internal init; }
}
