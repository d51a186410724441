using Microsoft.Extensions.Logging;

namespace FifoDtls.Stress;

/// <summary>What the command line of <c>connect</c> says. Without an authority the server is not verified.</summary>
internal sealed record ConnectSettings(
    NetworkAddress To, string? Authority, string? Certificate, string? Key, string? ServerName, TimeSpan Timeout, TimeSpan Linger, LogLevel LogLevel);
