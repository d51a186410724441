using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FifoDtls.Tests;

/// <summary>A logger factory whose loggers keep every line. Thread-safe.</summary>
internal sealed class LogCapture : ILoggerFactory, ILogger
{
    internal const int ReaderFailed = 3;
    internal const int SessionsStillRunning = 4;
    internal const int Established = 10;
    internal const int Ended = 11;
    internal const int HandshakeFailed = 12;
    internal const int CallbackFailed = 13;
    internal const int Dropped = 20;

    private readonly ConcurrentQueue<CapturedLine> _lines = new();

    /// <summary>Called with the event id before a line is kept, on the thread that logs: a test can hold it there.</summary>
    internal Action<int>? Logging { get; init; }

    internal IReadOnlyList<CapturedLine> Lines => [.. _lines];

    internal IReadOnlyList<string> Of(int eventId) => [.. _lines.Where(line => line.EventId == eventId).Select(line => line.Message)];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Logging?.Invoke(eventId.Id);
        _lines.Enqueue(new CapturedLine(logLevel, eventId.Id, formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}
