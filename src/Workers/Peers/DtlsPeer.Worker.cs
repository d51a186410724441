namespace FifoDtls;

// What a peer's own thread does: the blocking handshake, then the session, then the end.
public sealed partial class DtlsPeer
{
    /// <summary>The worker's work. Does not throw.</summary>
    internal void Work()
    {
        Thread.CurrentThread.Name = $"dtls {RemoteEndPoint}"; // Linux shows 15 bytes
        try
        {
            Handshake();
        }
        catch (Exception exception)
        {
            Finish(EndOfHandshake(exception), exception);
            return;
        }

        _endpoint.Established(this);
        if (_session is null)
        {
            HandOver();
            return;
        }

        _settled.Set();
        try
        {
            _session(this);
        }
        catch (Exception exception)
        {
            Finish(EndOfSession(exception), exception);
            return;
        }

        Finish(EndOfSession(null), null);
    }

    /// <summary>Waits until the handshake is done.</summary>
    /// <exception cref="Exception">What ended the handshake.</exception>
    internal void WaitUntilEstablished(CancellationToken cancellationToken)
    {
        try
        {
            _settled.Wait(cancellationToken); // bounded: the worker's handshake has a deadline
        }
        catch (OperationCanceledException)
        {
            Dispose();
            throw;
        }

        RequireEstablished();
    }

    private void RequireEstablished()
    {
        if (_established)
        {
            return;
        }

        throw Failure switch
        {
            TimeoutException timeout => new TimeoutException($"No association with {RemoteEndPoint}: {timeout.Message}", timeout),
            DtlsException dtls => dtls,
            { } other => new DtlsException($"No association with {RemoteEndPoint}: {other.Message}", other),
            null => new DtlsException($"No association with {RemoteEndPoint}."),
        };
    }

    /// <summary>Asks for the end. The worker, or whoever the peer was handed to, completes it.</summary>
    internal void Stop(DtlsPeerEnd reason)
    {
        lock (_lock)
        {
            if (_wanted == DtlsPeerEnd.None && _connection?.State is not (DtlsConnectionState.ClosedByPeer or DtlsConnectionState.Failed))
            {
                _wanted = reason;
            }
        }

        if (reason != DtlsPeerEnd.Replaced)
        {
            _connection?.Close();
        }

        _exchange.Transport.Dispose(); // the one who was replaced ends without a close_notify: its address is another's now
    }

    /// <summary>Completes the end at the endpoint's shutdown, whoever holds the peer.</summary>
    internal void Abandon() => Finish(DtlsPeerEnd.EndpointClosed, null);

    /// <summary>Ends a peer that no thread can be had for.</summary>
    internal void EndWithoutThread() => Finish(DtlsPeerEnd.Failed, new DtlsException("The system gives this process no more threads."));

    /// <summary>
    /// Both sides sent a ClientHello and this one yields (see the endpoint): the worker gives its handshake up and plays the server instead. Called by the reader
    /// thread, so nothing here waits for the worker or touches libssl.
    /// </summary>
    /// <returns><see langword="false"/> when it is too late: established, or about to end.</returns>
    internal bool YieldTo(PeerExchange serverExchange)
    {
        PeerExchange given;
        lock (_lock)
        {
            if (_established || _ended || _wanted != DtlsPeerEnd.None)
            {
                return false;
            }

            given = _exchange;
            _exchange = serverExchange;
        }

        given.Transport.Dispose(); // wakes the worker
        return true;
    }

    private void Handshake()
    {
        TimeSpan timeout = _connectOptions?.HandshakeTimeout ?? _endpoint.Options.HandshakeTimeout;
        Deadline deadline = Deadline.After(timeout); // one for both attempts, if the first one yields
        while (true)
        {
            PeerExchange exchange = _exchange;
            _early?.Reopen();
            DtlsConnection connection = _endpoint.CreateConnection(exchange, _connectOptions, _early);
            connection.CountInto(_endpoint.Totals);
            DtlsConnection? given = _connection;
            lock (_lock)
            {
                _connection = connection;
            }

            given?.Dispose();
            try
            {
                if (IsStopped())
                {
                    throw new DtlsClosedException("The association has been closed by this side.", DtlsSide.Local);
                }

                connection.HandshakeUntil(deadline, timeout);
                if (IsFinal(exchange))
                {
                    return;
                }
            }
            catch (InvalidOperationException exception) when (exception is not ObjectDisposedException && connection.State == DtlsConnectionState.ClosedLocally)
            {
                throw new DtlsClosedException("The association has been closed by this side.", DtlsSide.Local); // between the look and the handshake
            }
            catch (DtlsException) when (exchange != _exchange)
            {
                // Yielded: once more, as the server. However the handshake ended that was given up, by an alert that was held back, say: it counts no more.
            }
        }
    }

    private bool IsFinal(PeerExchange exchange)
    {
        lock (_lock)
        {
            if (_ended)
            {
                // By an endpoint that has not waited: it was counted as a failed handshake, and must not count twice.
                throw new DtlsClosedException("The association has been closed by this side.", DtlsSide.Local);
            }

            exchange.IsDone = true;
            return _established = exchange == _exchange;
        }
    }

    private bool IsStopped()
    {
        lock (_lock)
        {
            return _wanted != DtlsPeerEnd.None;
        }
    }

    private void HandOver()
    {
        lock (_lock)
        {
            _handedOver = _wanted == DtlsPeerEnd.None;
        }

        if (!_handedOver)
        {
            Finish(_wanted, null); // whoever asked for it has given it up, and nobody will take it
            return;
        }

        _settled.Set();
        if (!IsOutgoing)
        {
            WaitToBeAccepted();
        }
    }

    private DtlsPeerEnd EndOfHandshake(Exception exception) => exception switch
    {
        _ when _wanted != DtlsPeerEnd.None => _wanted,
        TimeoutException => DtlsPeerEnd.HandshakeTimedOut,
        DtlsCertificateException => DtlsPeerEnd.CertificateRefused,
        _ => DtlsPeerEnd.Failed,
    };

    private DtlsPeerEnd EndOfSession(Exception? exception) =>
        _wanted != DtlsPeerEnd.None ? _wanted
        : _connection!.State switch
        {
            DtlsConnectionState.ClosedByPeer => DtlsPeerEnd.ClosedByPeer,
            DtlsConnectionState.Failed => DtlsPeerEnd.Failed,
            _ => exception is null ? DtlsPeerEnd.ClosedLocally : DtlsPeerEnd.SessionFailed,
        };

    /// <summary>The end, once: the association is closed and freed, the address is free again, and it is told.</summary>
    private void Finish(DtlsPeerEnd end, Exception? failure, bool free = true)
    {
        bool established;
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            established = _established;
        }

        Volatile.Write(ref _failure, failure ?? _connection?.Failure);
        if (_connection is { } connection)
        {
            connection.Close();
            if (free)
            {
                connection.Dispose();
            }
        }

        _exchange.Transport.Dispose();
        _end = (int)end;
        _endpoint.Ended(this, established);
        _settled.Set();
    }
}
