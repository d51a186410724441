namespace FifoDtls;

// What the endpoint's options say of each association.
public sealed partial class DtlsEndpoint
{
    private DtlsConnectionOptions ServerOptions() => new()
    {
        CookieVerified = true,
        RetransmissionTimeout = Options.RetransmissionTimeout,
        MaxRetransmissionTimeout = Options.MaxRetransmissionTimeout,
    };

    private DtlsConnectionOptions ClientOptions(DtlsConnectOptions? connectOptions) => new()
    {
        ServerName = connectOptions?.ServerName,
        RetransmissionTimeout = Options.RetransmissionTimeout,
        MaxRetransmissionTimeout = Options.MaxRetransmissionTimeout,
    };
}
