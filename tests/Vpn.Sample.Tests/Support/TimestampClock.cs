namespace FifoVpn.Tests.Support;

/// <summary>A monotonic clock that stands where the test puts it, in nanoseconds.</summary>
internal sealed class TimestampClock : TimeProvider
{
    private long _now;

    public TimestampClock(long start = 0) => _now = start;

    public long Now
    {
        get => Volatile.Read(ref _now);
        set => Volatile.Write(ref _now, value);
    }

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Now;
}
