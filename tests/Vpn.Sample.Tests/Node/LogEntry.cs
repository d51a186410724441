using Microsoft.Extensions.Logging;

namespace FifoVpn.Tests.Node;

/// <summary>One log line of a node or of its endpoint.</summary>
internal sealed record LogEntry(string Category, LogLevel Level, int Id, string Message, long Timestamp);
