namespace FifoDtls.Fuzz;

/// <summary>A clock that the inputs move, so that a run does not depend on the machine's speed.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerDay * 20_000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_ticks);

    internal void Advance(TimeSpan time) => _ticks += time.Ticks;
}
