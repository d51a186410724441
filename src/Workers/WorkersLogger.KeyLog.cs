using System.Net;
using Microsoft.Extensions.Logging;

namespace FifoDtls;

internal static partial class WorkersLogger
{
    [LoggerMessage(
        EventId = 60,
        Level = LogLevel.Warning,
        Message = "The secrets of the associations of {LocalEndPoint} are written to {KeyLogFile}: whoever reads it can decrypt their traffic. For debugging only; unset DtlsContextOptions.KeyLogFile to end it")]
    internal static partial void SecretsAreLogged(ILogger logger, IPEndPoint localEndPoint, string keyLogFile);
}
