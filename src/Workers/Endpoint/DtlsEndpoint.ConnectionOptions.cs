namespace FifoDtls;

// What the endpoint's options say of each association.
public sealed partial class DtlsEndpoint
{
    private DtlsConnectionOptions ServerOptions(DtlsConnectOptions? yielded, EarlyPayloads? early) => new()
    {
        Early = early,
        CookieVerified = true,
        AskedBy = yielded is null ? null : Options.ClientContext,
        ServerName = yielded?.ServerName,
        MaxHandshakeDatagramSize = Options.MaxHandshakeDatagramSize,
        RetransmissionTimeout = Options.RetransmissionTimeout,
        MaxRetransmissionTimeout = Options.MaxRetransmissionTimeout,
    };

    private DtlsConnectionOptions ClientOptions(DtlsConnectOptions? connectOptions, EarlyPayloads? early) => new()
    {
        Early = early,
        ServerName = connectOptions?.ServerName,
        Session = connectOptions?.Session,
        MaxHandshakeDatagramSize = Options.MaxHandshakeDatagramSize,
        RetransmissionTimeout = Options.RetransmissionTimeout,
        MaxRetransmissionTimeout = Options.MaxRetransmissionTimeout,
    };
}
