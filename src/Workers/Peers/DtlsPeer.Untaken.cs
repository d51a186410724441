namespace FifoDtls;

// A peer that waits to be accepted. Nobody receives from it yet, and its worker has parked; but a client that has lost our last flight repeats its own until that is answered.
// Then a worker looks after it for a moment.
public sealed partial class DtlsPeer
{
    private readonly Lock _untakenLock = new(); // held while what has come is taken in, so that the taker does not receive beside that
    private volatile bool _untaken;
    private int _attendanceAsked;

    /// <summary>Its place in the queue. The queue's alone.</summary>
    internal LinkedListNode<DtlsPeer>? PlaceInQueue { get; set; }

    /// <summary>Whether a worker is to <see cref="Attend"/> to what has just been pushed: once until it does. For the reader's thread.</summary>
    internal bool AsksForAttendance(ReadOnlySpan<byte> datagram) =>
        _untaken && !datagram.IsEmpty && DtlsRecord.ContentType(datagram) is DtlsRecord.Handshake or DtlsRecord.ChangeCipherSpec
        && Interlocked.Exchange(ref _attendanceAsked, 1) == 0;

    /// <summary>No worker can be had: what is pushed from now on asks anew.</summary>
    internal void GoUnattended() => Interlocked.Exchange(ref _attendanceAsked, 0);

    /// <summary>Takes in what has come, if nobody has taken the peer yet. Does not throw.</summary>
    internal void Attend()
    {
        Interlocked.Exchange(ref _attendanceAsked, 0); // first: what is pushed from now on asks anew
        lock (_untakenLock)
        {
            if (_untaken)
            {
                _connection?.TakeIn();
            }
        }
    }

    /// <summary>Somebody has taken the peer and receives from now on.</summary>
    internal void Take()
    {
        lock (_untakenLock)
        {
            _untaken = false;
        }
    }

    /// <summary>Gives up the place of a peer that has ended before anybody took it, and frees it.</summary>
    internal void LeaveQueue()
    {
        if (_endpoint.Withdraw(this))
        {
            Dispose();
        }
    }

    private void WaitToBeAccepted()
    {
        _untaken = true;
        if (!_endpoint.OfferToAccept(this))
        {
            Finish(DtlsPeerEnd.NotAccepted, null);
            return;
        }

        Attend(); // what came before the reader could know
        if (IsStopped())
        {
            LeaveQueue(); // ended while it was on its way into the queue
        }
    }
}
