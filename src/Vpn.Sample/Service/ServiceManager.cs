using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Service;

/// <summary>
/// Tells systemd how the service does: datagrams to the Unix socket that NOTIFY_SOCKET names, as sd_notify(3) describes. Without that variable nothing is told. Not thread-safe.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchdogProcessVariable = "WATCHDOG_PID";

    /// <summary>A manager that does not read must not hold up the service.</summary>
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger;
    private readonly Socket? _socket;
    private bool _failed;
    private string? _lastStatus;

    /// <param name="environment">A variable's value, or null; by default of this process.</param>
    public ServiceManager(ILogger logger, Func<string, string?>? environment = null)
    {
        _logger = logger;
        Func<string, string?> variable = environment ?? Environment.GetEnvironmentVariable;
        if (variable(SocketVariable) is not { Length: > 1 } path)
        {
            return;
        }

        WatchdogInterval = IntervalOf(variable(WatchdogVariable), variable(WatchdogProcessVariable));
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = (int)SendLimit.TotalMilliseconds };
        try
        {
            // An @ stands for the zero byte that an abstract address begins with (unix(7)).
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
            _socket = socket;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            socket.Dispose();
            ServiceLogger.ManagerNotReached(logger, $"{SocketVariable}={path}: {exception.Message}");
        }
    }

    /// <summary>The variables that speak to this process alone.</summary>
    public static IReadOnlyList<string> Variables { get; } = [SocketVariable, WatchdogVariable, WatchdogProcessVariable];

    /// <summary>How often the manager wants a sign of life: half of what it allows; null when it does not watch.</summary>
    public TimeSpan? WatchdogInterval { get; }

    public void Ready(string status)
    {
        _lastStatus = status;
        Send($"READY=1\nSTATUS={status}");
    }

    /// <summary>Until the next <see cref="Ready"/> the configuration is being read again.</summary>
    public void Reloading() => Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={MonotonicMicroseconds}"));

    public void Stopping() => Send("STOPPING=1\nSTATUS=Stopping");

    /// <summary>One line for systemctl status; told only when it is another one than before.</summary>
    public void Status(string status)
    {
        if (status != _lastStatus)
        {
            _lastStatus = status;
            Send($"STATUS={status}");
        }
    }

    public void SignOfLife() => Send("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();

    // CLOCK_MONOTONIC is what Stopwatch reads on Linux.
    private static long MonotonicMicroseconds => (long)(Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1e6));

    private static TimeSpan? IntervalOf(string? microseconds, string? process)
    {
        bool isOurs = string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value > 0
            ? TimeSpan.FromMicroseconds(value) / 2
            : null;
    }

    private void Send(string message)
    {
        if (_socket is null)
        {
            return;
        }

        try
        {
            _socket.Send(Encoding.UTF8.GetBytes(message));
            _failed = false;
        }
        catch (SocketException exception)
        {
            if (!_failed)
            {
                _failed = true;
                ServiceLogger.ManagerNotReached(_logger, exception.Message);
            }
        }
    }
}
