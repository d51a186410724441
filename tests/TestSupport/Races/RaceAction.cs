namespace FifoDtls.TestSupport;

/// <summary>The letters of a schedule.</summary>
public static class RaceAction
{
    public const char Receive = 'r';
    public const char Poll = 'p';
    public const char Send = 's';
    public const char TrySend = 't';
    public const char SendInTime = 'w';
    public const char Close = 'c';
    public const char CloseInTime = 'q';
    public const char Dispose = 'd';
    public const char Cancel = 'x';
    public const char PeerSends = 'S';
    public const char PeerCloses = 'C';
    public const char PeerDisposed = 'D';
    public const char TransportEnds = 'T';

    /// <summary>The endpoint is disposed.</summary>
    public const char End = 'E';
}
