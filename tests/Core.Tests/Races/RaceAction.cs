namespace FifoDtls.Tests;

/// <summary>The letters of a schedule.</summary>
internal static class RaceAction
{
    internal const char Receive = 'r';
    internal const char Poll = 'p';
    internal const char Send = 's';
    internal const char TrySend = 't';
    internal const char SendInTime = 'w';
    internal const char Close = 'c';
    internal const char CloseInTime = 'q';
    internal const char Dispose = 'd';
    internal const char Cancel = 'x';
    internal const char PeerSends = 'S';
    internal const char PeerCloses = 'C';
    internal const char PeerDisposed = 'D';
    internal const char TransportEnds = 'T';

    /// <summary>The endpoint is disposed.</summary>
    internal const char End = 'E';
}
