namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    /// <summary>How many payloads Receive has delivered, read without the lock.</summary>
    internal long PayloadsReceived => Interlocked.Read(ref _bio.Counters.PayloadsReceived);
}
