namespace FifoDtls;

public sealed partial class DtlsConnectionOptions
{
    internal static readonly TimeSpan MinRetransmissionTimeout = TimeSpan.FromMilliseconds(20); // libssl takes less than 15 ms for none
    internal static readonly TimeSpan LongestRetransmissionTimeout = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long the handshake waits for an answer before it sends a flight for the second time; each further wait is twice as long (RFC 6347 §4.2.4.1).
    /// 20 ms to 10 minutes. Default: 1 second. Shorter only where round trips are known to be short: a flight that is repeated too early is load for nothing.
    /// </summary>
    public TimeSpan RetransmissionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such wait. <see cref="RetransmissionTimeout"/> to 10 minutes. Default: 60 seconds. A handshake is given up after 12 repetitions of one flight.</summary>
    public TimeSpan MaxRetransmissionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    private void ValidateTimers() => RequireTimers(RetransmissionTimeout, MaxRetransmissionTimeout);

    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it and the range.</exception>
    internal static void RequireTimers(TimeSpan initial, TimeSpan maximum)
    {
        if (initial < MinRetransmissionTimeout || initial > LongestRetransmissionTimeout)
        {
            throw new ArgumentOutOfRangeException(
                nameof(RetransmissionTimeout), initial, $"{nameof(RetransmissionTimeout)} is {MinRetransmissionTimeout} to {LongestRetransmissionTimeout}.");
        }

        if (maximum < initial || maximum > LongestRetransmissionTimeout)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxRetransmissionTimeout), maximum,
                $"{nameof(MaxRetransmissionTimeout)} is {nameof(RetransmissionTimeout)} ({initial}) to {LongestRetransmissionTimeout}.");
        }
    }
}
