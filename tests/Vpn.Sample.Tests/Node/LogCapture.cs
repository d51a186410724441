using System.Diagnostics;
using FifoDtls.TestSupport;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Tests.Node;

/// <summary>Keeps all log lines. Thread-safe.</summary>
internal sealed class LogCapture : ILoggerFactory
{
    /// <summary>The event ids of the lines that the tests look for.</summary>
    public const int HandshakeFailed = 12;
    public const int DatagramsDropped = 20;
    public const int Connected = 102;
    public const int Disconnected = 103;
    public const int Refused = 104;
    public const int CallFailed = 105;
    public const int DeviceFailed = 106;

    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];

    public IReadOnlyList<LogEntry> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    public IReadOnlyList<LogEntry> WarningsAndErrors => [.. All.Where(entry => entry.Level >= LogLevel.Warning)];

    public IReadOnlyList<LogEntry> Of(int id) => [.. All.Where(entry => entry.Id == id)];

    public LogEntry WaitFor(int id, TimeSpan limit, int count = 1)
    {
        Eventually.True(() => Of(id).Count >= count, limit, $"log line {id} appears {count} times");
        return Of(id)[count - 1];
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        // Nothing to free; the lines are read after the node is gone.
    }

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            LogEntry entry = new(category, logLevel, eventId.Id, formatter(state, exception), Stopwatch.GetTimestamp());
            lock (capture._lock)
            {
                capture._entries.Add(entry);
            }
        }
    }
}
