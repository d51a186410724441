using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FifoDtls.TestSupport;

/// <summary>The lines of one stream of a child process, read by a thread of its own until the end of the stream.</summary>
internal sealed class LineCapture
{
    private readonly object _lock = new();
    private readonly List<string> _lines = [];
    private readonly StreamReader _reader;
    private readonly BlockingThread _thread;
    private int _searchFrom;
    private bool _ended;

    internal LineCapture(string name, StreamReader reader)
    {
        _reader = reader;
        _thread = BlockingThread.Start(name, ReadToEnd);
    }

    internal IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return _lines.ToArray();
            }
        }
    }

    internal bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _ended;
            }
        }
    }

    internal string Text => string.Concat(Lines.Select(line => line + "\n"));

    /// <summary>False when the stream is still open after <paramref name="limit"/>: some descendant of the process holds it.</summary>
    internal bool WaitForEnd(TimeSpan limit) => _thread.TryJoin(limit);

    /// <summary>The first match in the lines after the last match, or null at the end of the stream or of the limit.</summary>
    internal Match? WaitForLine(Regex pattern, TimeSpan limit, bool fromStart)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            for (int index = fromStart ? 0 : _searchFrom; ; index++)
            {
                while (index >= _lines.Count)
                {
                    TimeSpan left = limit - Stopwatch.GetElapsedTime(start);
                    if (_ended || left <= TimeSpan.Zero)
                    {
                        return null;
                    }

                    Monitor.Wait(_lock, left);
                }

                if (pattern.Match(_lines[index]) is { Success: true } match)
                {
                    _searchFrom = Math.Max(_searchFrom, index + 1);
                    return match;
                }
            }
        }
    }

    private void ReadToEnd()
    {
        try
        {
            while (_reader.ReadLine() is { } line)
            {
                lock (_lock)
                {
                    _lines.Add(line);
                    Monitor.PulseAll(_lock);
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _ended = true;
                Monitor.PulseAll(_lock);
            }
        }
    }
}
