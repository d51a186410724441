using System.Diagnostics;
using FifoDtls.Interop;

namespace FifoDtls;

// libssl's buffers for records, about 18 KiB, are given back while nothing comes, and are had again before libssl needs them: each call into libssl that may read or write comes after RestoreBuffers.
public sealed unsafe partial class DtlsConnection
{
    private bool _buffersReleased; // or at least one of the two
    private bool _hasWaited; // in Receive
    private long _lastBorrowed; // when a Send last had to restore them

    /// <summary>
    /// How long Receive waits for a datagram before it gives the buffers back, and a tenth of it in an association's first wait, so that a crowd of new peers does not need them all at once.
    /// <see cref="Timeout.InfiniteTimeSpan"/> keeps them.
    /// </summary>
    internal TimeSpan BuffersKept { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A Send that finds the buffers given back gives them back again, unless the last such Send is less than this ago: then it is the beginning of more, and they stay until Receive next waits.
    /// </summary>
    internal TimeSpan BuffersBorrowedAtMostEvery { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether the buffers are given back.</summary>
    internal bool BuffersReleased
    {
        get
        {
            lock (_lock)
            {
                return _buffersReleased;
            }
        }
    }

    // Busy peers never come to the end of the first wait, and pay nothing.
    private DatagramStatus WaitForDatagram(Deadline deadline, CancellationToken cancellationToken)
    {
        TimeSpan kept = _hasWaited ? BuffersKept : BuffersKept / 10;
        TimeSpan remaining = deadline.Remaining;
        if (BuffersKept == Timeout.InfiniteTimeSpan || (remaining != Timeout.InfiniteTimeSpan && remaining <= kept))
        {
            return _transport.Wait(remaining, cancellationToken);
        }

        bool first = !_hasWaited;
        _hasWaited = true;
        DatagramStatus status = _transport.Wait(kept, cancellationToken);
        if (status != DatagramStatus.None)
        {
            return status;
        }

        lock (_lock)
        {
            ReleaseBuffers();
        }

        LibCrypto.OPENSSL_thread_stop();
        IdleThread.GiveBack(afterHandshake: first);
        return _transport.Wait(deadline.Remaining, cancellationToken);
    }

    private void ReleaseBuffers()
    {
        // A payload that was only peeked at stands in the buffer, and SSL_free_buffers does not look for it.
        if (!_disposed && !_buffersReleased && _state == DtlsConnectionState.Established && LibSsl.SSL_pending(_ssl) == 0)
        {
            _ = LibSsl.SSL_free_buffers(_ssl); // refused after a record that broke off; the next one that is whole comes to a new wait
            _buffersReleased = true;
        }
    }

    private void ReleaseBorrowedBuffers()
    {
        long now = Stopwatch.GetTimestamp();
        bool alone = Stopwatch.GetElapsedTime(_lastBorrowed, now) >= BuffersBorrowedAtMostEvery;
        _lastBorrowed = now;
        if (alone)
        {
            ReleaseBuffers();
        }
    }

    private bool TryRestoreBuffers()
    {
        if (_buffersReleased)
        {
            _buffersReleased = LibSsl.SSL_alloc_buffers(_ssl) != 1;
        }

        return !_buffersReleased;
    }

    /// <summary>To be called under the lock before libssl reads or writes.</summary>
    /// <returns>Whether the buffers had been given back.</returns>
    /// <exception cref="DtlsException">There is no memory; the association has failed.</exception>
    private bool RestoreBuffers()
    {
        bool released = _buffersReleased;
        if (!TryRestoreBuffers())
        {
            var failure = new DtlsException("libssl has no memory for the buffers of its records: " + OpenSslErrors.Drain());
            Fail(failure);
            throw failure;
        }

        return released;
    }
}
