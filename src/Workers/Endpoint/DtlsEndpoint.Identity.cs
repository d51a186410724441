namespace FifoDtls;

public sealed partial class DtlsEndpoint
{
    private static string PskOf(DtlsNegotiated negotiated) => negotiated.PskIdentity is { } identity ? $"none, PSK identity {identity}" : "none";

    private void WarnOfKeyLogs()
    {
        string? server = Options.ServerContext?.KeyLogFile;
        string? client = Options.ClientContext?.KeyLogFile;
        if (server is not null)
        {
            WorkersLogger.SecretsAreLogged(_logger, LocalEndPoint, server);
        }

        if (client is not null && client != server)
        {
            WorkersLogger.SecretsAreLogged(_logger, LocalEndPoint, client);
        }
    }
}
