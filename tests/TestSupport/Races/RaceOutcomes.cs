using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>What docs/design.md ("Outcomes") lets a call end in, when certain things happen at the same time. Anything else is thrown on.</summary>
public static class RaceOutcomes
{
    /// <summary>Runs a call and says how it ended.</summary>
    /// <param name="happens">What happens meanwhile, or has happened: letters of the schedule.</param>
    /// <param name="inHandshake">The handshake may not be done.</param>
    /// <param name="call">The call; its result is what came of it, or <see langword="null"/>.</param>
    public static string Of(string happens, bool inHandshake, Func<DtlsReceiveStatus?> call)
    {
        try
        {
            DtlsReceiveStatus? status = call();
            Assert.That(status is not { } told || IsLegal(happens, told), Is.True, $"{status} while {happens} happens");
            return status?.ToString() ?? "done";
        }
        catch (Exception exception) when (IsLegal(happens, exception) || (inHandshake && IsLegalInHandshake(happens, exception)))
        {
            return exception.GetType().Name;
        }
    }

    /// <summary>What happens, as the other side sees it.</summary>
    public static string Reversed(string happens) => string.Concat(happens.Select(action => action switch
    {
        RaceAction.Close or RaceAction.CloseInTime => RaceAction.PeerCloses,
        RaceAction.Dispose or RaceAction.End => RaceAction.PeerDisposed,
        RaceAction.PeerCloses => RaceAction.Close,
        RaceAction.PeerDisposed => RaceAction.Dispose,
        RaceAction.Send => RaceAction.PeerSends,
        _ => RaceAction.Send,
    }));

    private static bool ClosedHere(string happens) => happens.AsSpan().IndexOfAny([RaceAction.Close, RaceAction.CloseInTime, RaceAction.Dispose, RaceAction.End]) >= 0;

    private static bool ClosedThere(string happens) => happens.AsSpan().IndexOfAny(RaceAction.PeerCloses, RaceAction.PeerDisposed) >= 0;

    private static bool IsLegal(string happens, DtlsReceiveStatus status) => status switch
    {
        DtlsReceiveStatus.Data or DtlsReceiveStatus.TimedOut => true,
        DtlsReceiveStatus.ClosedLocally => ClosedHere(happens),
        DtlsReceiveStatus.ClosedByPeer => ClosedThere(happens),
        DtlsReceiveStatus.TransportClosed => happens.Contains(RaceAction.TransportEnds),
        _ => false,
    };

    private static bool IsLegal(string happens, Exception exception) => exception switch
    {
        ObjectDisposedException => happens.AsSpan().IndexOfAny(RaceAction.Dispose, RaceAction.End) >= 0,
        InvalidOperationException => happens.Contains(RaceAction.Poll), // one of two who receive at once
        OperationCanceledException => happens.Contains(RaceAction.Cancel),
        DtlsClosedException { ClosedBy: DtlsSide.Remote } => ClosedThere(happens),
        DtlsClosedException => ClosedHere(happens) || happens.Contains(RaceAction.TransportEnds),
        _ => false,
    };

    // Too early for this call, or too late for a handshake; or the handshake has failed, which is told ever after.
    private static bool IsLegalInHandshake(string happens, Exception exception) => exception switch
    {
        InvalidOperationException and not ObjectDisposedException => true,
        DtlsException { InnerException: DtlsException } => happens.AsSpan().IndexOfAny(RaceAction.Cancel, RaceAction.TransportEnds) >= 0,
        _ => false,
    };
}
