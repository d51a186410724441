using System.Net.Security;

namespace FifoDtls;

public sealed partial class DtlsContextOptions
{
    /// <summary>
    /// Server role: chooses the certificate for the host name that the client asks for (SNI, RFC 6066 §3), which is <see langword="null"/> when it names none.
    /// When it returns <see langword="null"/>, the client is refused with the alert <see cref="DtlsAlert.UnrecognizedName"/>. Default: none; all clients get <see cref="Credentials"/>.
    /// </summary>
    /// <remarks>
    /// <para>When it is set, it alone decides: <see cref="Credentials"/> then serves the client role only, unless it returns them. The name is what the client has sent, at most 255
    /// characters, not yet proven to be anything: compare it without regard to case, and don't use it as a path. The credentials must not be disposed while it may still return them.</para>
    /// <para>Runs on the thread of the handshake, under the connection's lock: it must not call the connection, and while it runs this peer is not answered. Several handshakes may
    /// call it at once. What it throws ends the handshake with <see cref="DtlsProtocolException"/>, as its <see cref="Exception.InnerException"/>; the peer gets <see cref="DtlsAlert.InternalError"/>.</para>
    /// </remarks>
    public Func<string?, DtlsCredentials?>? SelectCredentials { get; init; }

    /// <summary>
    /// The application protocols (ALPN, RFC 7301), the preferred one first. A client offers them. A server takes the first of its own that the client
    /// offers; when the client offers others only, it is refused with the alert <see cref="DtlsAlert.NoApplicationProtocol"/>; one that offers none is served without.
    /// Default: none. A client then offers none, and a server ignores offers. The outcome is <see cref="DtlsNegotiated.ApplicationProtocol"/>.
    /// </summary>
    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; init; } = [];
}
