using Microsoft.Extensions.Logging;

namespace FifoDtls.Tests;

/// <summary>One line of a log.</summary>
internal sealed record CapturedLine(LogLevel Level, int EventId, string Message);
