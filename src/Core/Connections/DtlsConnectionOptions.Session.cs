namespace FifoDtls;

public sealed partial class DtlsConnectionOptions
{
    /// <summary>
    /// Client role: a session to resume. It is offered only if it is of the same scope, trust and server name, and not too old; if it is not, or if the server does not know
    /// it any more, the handshake is a full one. Needs <see cref="DtlsContextOptions.Resumption"/>. Default: none.
    /// </summary>
    public DtlsSession? Session { get; init; }
}
