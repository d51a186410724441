using Microsoft.Extensions.Logging;

namespace FifoDtls.Stress;

/// <summary>What the command line of <c>echo</c> says.</summary>
internal sealed record EchoSettings(
    NetworkAddress Listen, string Certificate, string Key, string? ClientAuthority, TimeSpan? Duration, bool PrintStatistics, LogLevel LogLevel);
