using Microsoft.Extensions.Logging;

namespace FifoVpn.Shaping;

/// <summary>The log messages of the shaper. Event ids are stable.</summary>
internal static partial class ShapingLogger
{
    [LoggerMessage(
        EventId = 160, Level = LogLevel.Error, Message = "A shaped packet is lost because its sender failed; further failures of this peer are counted only")]
    internal static partial void SendFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 161, Level = LogLevel.Warning, Message = "The shaper's thread was still inside a sender {Seconds} s after the end")]
    internal static partial void ThreadStillRunning(ILogger logger, double seconds);
}
