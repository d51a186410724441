using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    /// <summary>Waits up to <see cref="ReceiveTimeout"/>, which is for ever unless it is set, for the next payload. See <see cref="Receive(Span{byte}, TimeSpan, CancellationToken)"/>.</summary>
    public DtlsReceiveResult Receive(Span<byte> buffer) => Receive(buffer, ReceiveTimeout);

    /// <summary>Takes the next payload if there is one now, without waiting.</summary>
    /// <param name="buffer">Takes the payload.</param>
    /// <param name="result">The payload's length, or how the association was closed.</param>
    /// <returns><see langword="false"/> when nothing has come: the one case in which it is worth trying again.</returns>
    /// <remarks>Throws what <see cref="Receive(Span{byte}, TimeSpan, CancellationToken)"/> throws.</remarks>
    public bool TryReceive(Span<byte> buffer, out DtlsReceiveResult result)
    {
        result = Receive(buffer, TimeSpan.Zero);
        return result.Status != DtlsReceiveStatus.TimedOut;
    }

    /// <summary>Waits for the next payload. One thread at a time.</summary>
    /// <param name="buffer">Takes the payload, whole. Not empty.</param>
    /// <param name="timeout">How long at most; <see cref="TimeSpan.Zero"/> polls, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the association is as it was.</param>
    /// <returns>A payload, or that the time was up, or how the association was closed.</returns>
    /// <exception cref="ArgumentException">The payload was larger than the buffer. It is lost; the association is as it was.</exception>
    /// <exception cref="DtlsProtocolException">The association has failed, now or before.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    /// <exception cref="InvalidOperationException">The handshake is not done, or another thread is receiving.</exception>
    public DtlsReceiveResult Receive(Span<byte> buffer, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        int length = 0;
        return ReceiveBatch(buffer, new Span<int>(ref length), out _, timeout, cancellationToken);
    }

    /// <summary>
    /// Waits for the next payload like <see cref="Receive(Span{byte}, TimeSpan, CancellationToken)"/>, then takes those that have come meanwhile too, under one lock. It never waits for
    /// more than one. One thread at a time.
    /// </summary>
    /// <param name="buffer">Takes the payloads, back to back. A further payload is taken only where 16,384 bytes are left, the most that a payload can have: 64 KiB and more are worth while.</param>
    /// <param name="lengths">Takes the length of each, in bytes; its own length is the most payloads that are taken. Not empty.</param>
    /// <param name="count">How many payloads were taken.</param>
    /// <param name="timeout">How long to wait at most; <see cref="TimeSpan.Zero"/> polls, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the association is as it was.</param>
    /// <returns>Payloads and their length together, or that the time was up, or how the association was closed.</returns>
    /// <remarks>Throws what <see cref="Receive(Span{byte}, TimeSpan, CancellationToken)"/> throws. One call looks at no more than 64 datagrams. An end or a failure that comes behind payloads is told by the next call.</remarks>
    public DtlsReceiveResult ReceiveBatch(Span<byte> buffer, Span<int> lengths, out int count, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Deadline deadline = Deadline.After(timeout);
        count = 0;
        if (buffer.IsEmpty || lengths.IsEmpty)
        {
            throw new ArgumentException("A payload needs a buffer that is not empty, and a place for its length.", buffer.IsEmpty ? nameof(buffer) : nameof(lengths));
        }

        if (Interlocked.Exchange(ref _receiving, 1) != 0)
        {
            throw new InvalidOperationException("Another thread is receiving from this association; only one at a time may.");
        }

        try
        {
            while (true)
            {
                bool last = deadline.HasPassed;
                if (Read(buffer, lengths, ref count) is { } result)
                {
                    return result;
                }

                DatagramStatus status = WaitForDatagram(deadline, cancellationToken);
                if (status == DatagramStatus.Closed)
                {
                    return EndedWhileWaiting();
                }

                // A flood of worthless datagrams must not keep the caller beyond its time.
                if (status == DatagramStatus.None || last)
                {
                    return new DtlsReceiveResult(DtlsReceiveStatus.TimedOut, 0);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _receiving, 0);
        }
    }

    private DtlsReceiveResult? Read(Span<byte> buffer, Span<int> lengths, ref int count)
    {
        lock (_lock)
        {
            if (EndOf() is { } end)
            {
                return end;
            }

            _ = RestoreBuffers();
            _bio.BeginCall();
            DtlsReceiveResult? first = ReadOne(buffer);
            if (first is not { HasData: true, Length: int total })
            {
                return first;
            }

            lengths[count++] = total;
            while (count < lengths.Length && buffer.Length - total >= DtlsRecord.MaxPlaintextSize && ReadNext(buffer[total..]) is > 0 and int length)
            {
                lengths[count++] = length;
                total += length;
            }

            return new DtlsReceiveResult(DtlsReceiveStatus.Data, total);
        }
    }

    private DtlsReceiveResult? ReadOne(Span<byte> buffer)
    {
        if (LibSsl.SSL_pending(_ssl) > 0)
        {
            return ReadKept(buffer);
        }

        int length;
        fixed (byte* start = buffer)
        {
            length = LibSsl.SSL_read(_ssl, start, buffer.Length);
        }

        return length > 0 ? Delivered(buffer, length) : Undelivered(length);
    }

    // What ends the association behind a payload waits until the payload has been delivered.
    private int ReadNext(Span<byte> buffer)
    {
        _bio.ContinueCall();
        try
        {
            return ReadOne(buffer)?.Length ?? 0;
        }
        catch (Exception) when (_state == DtlsConnectionState.Failed)
        {
            return 0; // kept as the association's failure: the next call throws it
        }
    }

    // Payloads that overtook the peer's Finished and that libssl has kept. SSL_pending counts them all, so that after a read it can't
    // tell the rest of one payload from the next; read with room for any payload instead.
    private DtlsReceiveResult? ReadKept(Span<byte> buffer)
    {
        DatagramBuffer kept = DatagramPool.Shared.Rent(DtlsRecord.MaxPlaintextSize);
        try
        {
            int length;
            fixed (byte* start = kept.Space)
            {
                length = LibSsl.SSL_read(_ssl, start, kept.Capacity);
            }

            if (length <= 0)
            {
                return Undelivered(length);
            }

            if (length > buffer.Length)
            {
                throw TooSmall(length, buffer.Length);
            }

            kept.Space[..length].CopyTo(buffer);
            return Counted(length);
        }
        finally
        {
            kept.Release();
        }
    }

    private DtlsReceiveResult Delivered(Span<byte> buffer, int length)
    {
        _bio.ApplicationDataYielded();
        if (length == buffer.Length && LibSsl.SSL_pending(_ssl) is > 0 and int rest)
        {
            DiscardRecord();
            throw TooSmall(length + rest, buffer.Length);
        }

        return Counted(length);
    }

    private static ArgumentException TooSmall(int payload, int buffer) =>
        new($"The payload has {payload} bytes, the buffer {buffer}; the payload is lost.", nameof(buffer));

    private DtlsReceiveResult Counted(int length)
    {
        _bio.Counters.PayloadsReceived++;
        _bio.Counters.PayloadBytesReceived += length;
        return new DtlsReceiveResult(DtlsReceiveStatus.Data, length);
    }

    // libssl would hand out the rest of the record as if it were the next payload.
    private void DiscardRecord()
    {
        Span<byte> scratch = stackalloc byte[1024];
        fixed (byte* start = scratch)
        {
            while (LibSsl.SSL_pending(_ssl) is > 0 and int rest && LibSsl.SSL_read(_ssl, start, Math.Min(rest, scratch.Length)) > 0)
            {
            }
        }
    }

    private DtlsReceiveResult? Undelivered(int result)
    {
        int error = LibSsl.SSL_get_error(_ssl, result);
        switch (error)
        {
            case LibSsl.ErrorWantRead:
                return null;
            case LibSsl.ErrorZeroReturn:
                _state = DtlsConnectionState.ClosedByPeer;
                _bio.BeginCall();
                _ = LibSsl.SSL_shutdown(_ssl); // answer the close_notify (RFC 5246 §7.2.1); if that fails, nothing is lost
                return new DtlsReceiveResult(DtlsReceiveStatus.ClosedByPeer, 0);
            default:
                Exception failure = FailureOf(error, "The association failed");
                Fail(failure);
                throw failure;
        }
    }

    /// <summary>The result of receiving from an association that is not open, or <see langword="null"/> when it is.</summary>
    private DtlsReceiveResult? EndOf()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _state switch
        {
            DtlsConnectionState.Established => null,
            DtlsConnectionState.ClosedByPeer => new DtlsReceiveResult(DtlsReceiveStatus.ClosedByPeer, 0),
            DtlsConnectionState.ClosedLocally => new DtlsReceiveResult(DtlsReceiveStatus.ClosedLocally, 0),
            DtlsConnectionState.Failed => throw FailedBefore(),
            _ => throw new InvalidOperationException("Do the handshake first."),
        };
    }

    private DtlsException FailedBefore() => _failure is DtlsProtocolException protocol
        ? new DtlsProtocolException(protocol.Message, protocol.Alert, protocol.AlertSender, protocol)
        : new DtlsException(_failure!.Message, _failure);

    private DtlsReceiveResult EndedWhileWaiting()
    {
        lock (_lock)
        {
            return EndOf() ?? new DtlsReceiveResult(DtlsReceiveStatus.TransportClosed, 0);
        }
    }
}
