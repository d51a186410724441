namespace FifoDtls.Tests;

/// <summary>A clock that stands still until a test moves it.</summary>
/// <param name="ahead">How far it is ahead of another one.</param>
internal sealed class FakeClock(TimeSpan ahead = default) : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerDay * 20_000 + ahead.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Volatile.Read(ref _ticks));

    internal void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
