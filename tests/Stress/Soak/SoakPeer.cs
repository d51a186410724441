using System.Diagnostics;
using System.Net;

namespace FifoDtls.Stress;

/// <summary>A peer of a soak: a thread that lives one association after the other, as planned.</summary>
internal sealed class SoakPeer
{
    private readonly int _number;
    private readonly SoakSettings _settings;
    private readonly DtlsEndpoint _endpoint;
    private readonly EndSignal _ends;
    private readonly ProxyPath _path;
    private readonly SoakCounters _counters;
    private readonly CancellationToken _stop;
    private readonly Random _plans;
    private readonly IPEndPoint _remote;
    private readonly byte[] _buffer = new byte[16_384];
    private readonly Thread _thread;
    private volatile SoakLife? _life;

    internal SoakPeer(int number, SoakSettings settings, DtlsEndpoint endpoint, EndSignal ends, ProxyPath path, SoakCounters counters, CancellationToken stop)
    {
        _number = number;
        _settings = settings;
        _endpoint = endpoint;
        _ends = ends;
        _path = path;
        _counters = counters;
        _stop = stop;
        _plans = Seeds.Random(settings.Seed, SeedPurpose.Plan, number);
        _remote = new IPEndPoint(IPAddress.Loopback, path.FrontPort);
        _thread = new Thread(Run, maxStackSize: 256 << 10) { IsBackground = true, Name = $"peer {number}" };
    }

    internal void Start() => _thread.Start();

    internal bool Join(TimeSpan limit) => _thread.Join(limit);

    /// <summary>The pacer's: sends a payload if there is an association.</summary>
    internal void SendNext() => _life?.Send();

    private void Run()
    {
        try
        {
            for (int life = 0; !_stop.IsCancellationRequested; life++)
            {
                Live(LifePlan.Draw(_settings, _plans), life);
            }
        }
        catch (Exception exception)
        {
            SoakCounters.Count(_counters.Violations, $"peer's thread: {exception.GetType().Name}: {exception.Message}");
        }
    }

    private void Live(LifePlan plan, int number)
    {
        if (!_path.Settle(SoakTimes.Hung))
        {
            SoakCounters.Count(_counters.Violations, "the proxy did not take what a client had sent");
        }

        if (number > 0 && !plan.SameAddress)
        {
            _path.Renew();
        }

        _path.Muted = false;
        using DtlsPeer? peer = Connect(plan);
        if (peer is null)
        {
            return;
        }

        Interlocked.Increment(ref _counters.Established);
        var life = new SoakLife(peer, _number, number, _settings, _counters);
        _life = life;
        bool ended = !Exchange(peer, life, plan);
        _life = null;
        if (!ended)
        {
            End(peer, life, _stop.IsCancellationRequested && plan.End == LifeEnd.ClosedByServer ? LifeEnd.ClosedByClient : plan.End);
        }
        else
        {
            life.StopSending();
            life.Settle(drained: false);
        }
    }

    /// <summary>The established peer, or <see langword="null"/> if the handshake failed or was not to be finished.</summary>
    private DtlsPeer? Connect(LifePlan plan)
    {
        if (plan.End == LifeEnd.HandshakeClosed)
        {
            CloseInHandshake(plan);
            return null;
        }

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        if (plan.End == LifeEnd.HandshakeCancelled)
        {
            cancellation.CancelAfter(plan.HandshakeTime);
        }

        try
        {
            return BeginConnect(() => _endpoint.Connect(_remote, cancellationToken: cancellation.Token));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Interlocked.Increment(ref _counters.HandshakesGivenUp);
        }
        catch (Exception exception) when (exception is DtlsException or TimeoutException)
        {
            SoakCounters.Count(_counters.HandshakesFailed, exception is TimeoutException ? "timeout" : $"{exception.GetType().Name}: {exception.Message}");
        }

        return null;
    }

    private void CloseInHandshake(LifePlan plan)
    {
        using var over = new ManualResetEventSlim();
        DtlsPeer? peer = BeginConnect(() => _endpoint.Connect(_remote, _ => over.Set())); // the session ends it at once, if it gets that far
        if (peer is not null)
        {
            over.Wait(plan.HandshakeTime);
            _path.Muted = plan.HandshakeTime.Milliseconds % 2 == 0; // half of them without a word to the server
            peer.Dispose();
            Interlocked.Increment(ref _counters.HandshakesGivenUp);
            WaitUntil(() => peer.End != DtlsPeerEnd.None, "an association closed in its handshake did not end");
        }
    }

    /// <summary>The last attempt's thread may be about to leave the table when the next one begins.</summary>
    private DtlsPeer? BeginConnect(Func<DtlsPeer> connect)
    {
        DtlsPeer? peer = null;
        WaitUntil(() => TryConnect(connect, out peer), "the last association did not leave the table");
        return peer;
    }

    private static bool TryConnect(Func<DtlsPeer> connect, out DtlsPeer? peer)
    {
        try
        {
            peer = connect();
            return true;
        }
        catch (DtlsPeerExistsException)
        {
            peer = null;
            return false;
        }
    }

    private void WaitUntil(Func<bool> condition, string violation)
    {
        if (!_ends.Wait(condition, SoakTimes.Hung))
        {
            SoakCounters.Count(_counters.Violations, violation);
        }
    }

    /// <summary>Receives for the planned time; whether the association is still there then.</summary>
    private bool Exchange(DtlsPeer peer, SoakLife life, LifePlan plan)
    {
        long start = Stopwatch.GetTimestamp();
        bool cancels = plan.CancelsReceive;
        while (!_stop.IsCancellationRequested && Stopwatch.GetElapsedTime(start) is var lived && lived < plan.Lifetime)
        {
            if (cancels && lived >= plan.Lifetime / 2)
            {
                cancels = false;
                CancelReceive(peer, life, plan);
            }
            else if (!ReceiveOne(peer, life, (cancels ? plan.Lifetime / 2 : plan.Lifetime) - lived, out _, stop: _stop))
            {
                return false;
            }
        }

        return true;
    }

    private void CancelReceive(DtlsPeer peer, SoakLife life, LifePlan plan)
    {
        using var cancellation = new CancellationTokenSource(plan.HandshakeTime);
        try
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < SoakTimes.Hung;)
            {
                DtlsReceiveResult result = peer.Receive(_buffer, SoakTimes.Hung, cancellation.Token);
                if (!result.HasData)
                {
                    return; // the next Receive says the same again, and it is counted there
                }

                life.Take(_buffer.AsSpan(0, result.Length));
            }

            SoakCounters.Count(_counters.Violations, "a cancelled Receive went on");
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _counters.ReceivesCancelled);
        }
    }

    /// <summary>One wait for a payload; false once the association has ended, which it must not by itself.</summary>
    private bool ReceiveOne(DtlsPeer peer, SoakLife life, TimeSpan timeout, out bool received, bool mayClose = false, CancellationToken stop = default)
    {
        received = false;
        try
        {
            DtlsReceiveResult result = peer.Receive(_buffer, timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, stop);
            switch (result.Status)
            {
                case DtlsReceiveStatus.Data:
                    life.Take(_buffer.AsSpan(0, result.Length));
                    received = true;
                    return true;
                case DtlsReceiveStatus.TimedOut:
                    return true;
                case DtlsReceiveStatus.ClosedByPeer when mayClose:
                    SoakCounters.Count(_counters.Ends, nameof(LifeEnd.ClosedByServer));
                    return false;
                default:
                    SoakCounters.Count(_counters.Violations, $"client: an established association ended as {result.Status}");
                    return false;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return true;
        }
        catch (DtlsException exception)
        {
            SoakCounters.Count(_counters.Violations, $"client: an established association ended by {exception.GetType().Name}: {exception.Message}");
            return false;
        }
    }

    private void End(DtlsPeer peer, SoakLife life, LifeEnd end)
    {
        if (end == LifeEnd.Death)
        {
            _path.Muted = true;
            life.StopSending();
            life.Settle(drained: false);
            SoakCounters.Count(_counters.Ends, nameof(LifeEnd.Death));
            return;
        }

        bool byServer = end == LifeEnd.ClosedByServer;
        if (byServer)
        {
            life.Send(asksForClose: true);
        }

        life.StopSending();
        long last = Stopwatch.GetTimestamp();
        while ((byServer || life.Outstanding > 0) && Stopwatch.GetElapsedTime(last) < SoakTimes.Drain)
        {
            if (!ReceiveOne(peer, life, SoakTimes.Receive, out bool received, mayClose: byServer))
            {
                life.Settle(drained: true);
                return;
            }

            last = received ? Stopwatch.GetTimestamp() : last;
        }

        life.Settle(drained: true);
        Interlocked.Add(ref _counters.ServerClosesUnseen, byServer ? 1 : 0); // the request or the close_notify was lost
        SoakCounters.Count(_counters.Ends, nameof(LifeEnd.ClosedByClient));
    }
}
