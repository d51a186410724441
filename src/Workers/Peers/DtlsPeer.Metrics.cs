using System.Diagnostics;

namespace FifoDtls;

public sealed partial class DtlsPeer
{
    private readonly long _begun = Stopwatch.GetTimestamp();

    /// <summary>How old the peer is: at the end of its handshake, how long that took.</summary>
    internal TimeSpan Age => Stopwatch.GetElapsedTime(_begun);
}
