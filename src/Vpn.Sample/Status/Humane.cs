using System.Globalization;

namespace FifoVpn.Status;

/// <summary>Numbers as a person reads them.</summary>
internal static class Humane
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>As in 17 B, 1.5 KiB.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (Math.Round(value, 1) >= 1024 && unit < ByteUnits.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture)} {ByteUnits[unit]}");
    }

    /// <summary>As in 12 s, 3 min, 5 h, 2 days.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min",
        { TotalDays: < 2 } => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} days",
    };

    /// <summary>As in 3 min ago.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now) => $"{Duration(now - time)} ago";

    /// <summary>As in 0.213 ms, 12.4 ms, 312 ms.</summary>
    public static string Milliseconds(double milliseconds) =>
        $"{milliseconds.ToString(milliseconds < 1 ? "0.000" : milliseconds < 100 ? "0.0" : "0", CultureInfo.InvariantCulture)} ms";
}
