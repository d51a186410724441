using System.Diagnostics;

namespace FifoDtls;

// The end of a peer from which nothing comes. Called by the idle watch's thread alone.
public sealed partial class DtlsPeer
{
    private long _payloadsAtLastLook = -1;
    private long _silentSince;

    /// <summary>Ends the peer if nothing valid has been received from it for <paramref name="timeout"/>.</summary>
    internal void EndIfIdle(TimeSpan timeout)
    {
        if (!IsEstablished || _connection is not { } connection)
        {
            return;
        }

        long payloads = connection.PayloadsReceived;
        if (payloads != _payloadsAtLastLook)
        {
            _payloadsAtLastLook = payloads;
            _silentSince = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(_silentSince) >= timeout)
        {
            EndIdle();
        }
    }

    private void EndIdle()
    {
        Stop(DtlsPeerEnd.IdleTimedOut);
        DtlsPeerEnd end;
        lock (_lock)
        {
            if (!_handedOver)
            {
                return; // the worker completes the end: its session's Receive says ClosedLocally
            }

            end = _wanted == DtlsPeerEnd.None ? DtlsPeerEnd.IdleTimedOut : _wanted;
        }

        LeaveQueue(); // then it is freed, and has ended
        // Its taker may be about to receive from it, or be gone for good: the end is told and the address free, what is left is freed by Dispose.
        Finish(end, null, free: false);
    }
}
