using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Stress;

/// <summary>A UDP proxy between the clients and the server: one thread and any number of paths, which does to the datagrams of both directions what a bad network and a forger do.</summary>
internal sealed class LossyProxy : IDisposable
{
    private const int MaxDatagram = 65_507;
    private const int MaxDelayMilliseconds = 200;
    private const int PollMilliseconds = 100;

    private readonly ProxyFaults _faults;
    private readonly Epoll _epoll = new();
    private readonly object _lock = new(); // a monitor: guards the paths' sockets, and is where who settles waits for a round to end
    private readonly ProxyPath[] _paths;
    private readonly PriorityQueue<HeldDatagram, long> _held = new(); // by the time when it is sent at the latest
    private readonly byte[] _buffer = new byte[MaxDatagram];
    private readonly byte[] _forged = new byte[512];
    private readonly Thread _thread;
    private volatile bool _stop;

    internal LossyProxy(ProxyFaults faults, int paths, IPEndPoint client, IPEndPoint server, int seed)
    {
        _faults = faults;
        _paths = new ProxyPath[paths];
        for (int i = 0; i < paths; i++)
        {
            _paths[i] = new ProxyPath(_epoll, _lock, i, client, server, seed);
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "proxy" };
        _thread.Start();
    }

    internal ProxyCounters Counters { get; } = new();

    internal IReadOnlyList<ProxyPath> Paths => _paths;

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        foreach (ProxyPath path in _paths)
        {
            path.Dispose();
        }

        _epoll.Dispose();
    }

    private void Run()
    {
        while (!_stop)
        {
            int ready = _epoll.Wait(Math.Min(PollMilliseconds, MillisecondsToNext()));
            lock (_lock)
            {
                for (int i = 0; i < ready; i++)
                {
                    Take(_epoll.Tag(i));
                }

                SendDue();
                Monitor.PulseAll(_lock);
            }
        }
    }

    private int MillisecondsToNext() =>
        _held.TryPeek(out _, out long due) ? (int)Math.Clamp((due - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency, 0, PollMilliseconds) : PollMilliseconds;

    private void Take(ulong tag)
    {
        ProxyPath path = _paths[(uint)tag >> 1];
        bool fromBack = (tag & 1) != 0;
        if (fromBack && path.Generation != (uint)(tag >> 32))
        {
            return;
        }

        int length = (fromBack ? path.Back : path.Front).Receive(_buffer, SocketFlags.None, out SocketError error);
        if (error != SocketError.Success)
        {
            Counters.SocketErrors += error == SocketError.WouldBlock ? 0 : 1;
        }
        else if (path.Muted)
        {
            Counters.Muted++;
        }
        else
        {
            Pass(fromBack ? path.ToClient : path.ToServer, _buffer.AsSpan(0, length));
        }
    }

    private void Pass(ProxyDirection direction, Span<byte> datagram)
    {
        if (direction.Hit(_faults.Drop))
        {
            Counters.Dropped++;
        }
        else
        {
            Span<byte> damaged = Damage(direction, datagram);
            if (_faults.Inject > 0)
            {
                direction.Remember(damaged); // only what passes: the replay of a lost datagram would be its delivery, seconds late
            }

            Deliver(direction, damaged);
        }

        if (direction.Hit(_faults.Inject))
        {
            Inject(direction);
        }
    }

    private Span<byte> Damage(ProxyDirection direction, Span<byte> datagram)
    {
        if (datagram.Length > 1 && direction.Hit(_faults.Truncate))
        {
            Counters.Truncated++;
            datagram = datagram[..direction.Random.Next(1, datagram.Length)];
        }

        if (datagram.Length > 0 && direction.Hit(_faults.Corrupt))
        {
            Counters.Corrupted++;
            datagram[direction.Random.Next(datagram.Length)] ^= (byte)(1 << direction.Random.Next(8));
        }

        return datagram;
    }

    private void Deliver(ProxyDirection direction, ReadOnlySpan<byte> datagram)
    {
        if (direction.Held is null && direction.Hit(_faults.Reorder))
        {
            Counters.Reordered++;
            direction.Held = Hold(direction, datagram, MaxDelayMilliseconds);
            return;
        }

        if (direction.Hit(_faults.Delay))
        {
            Counters.Delayed++;
            Hold(direction, datagram, direction.Random.Next(1, MaxDelayMilliseconds));
        }
        else
        {
            Send(direction, datagram);
        }

        if (direction.Hit(_faults.Duplicate))
        {
            Counters.Duplicated++;
            Send(direction, datagram);
        }

        if (direction.Held is { } held)
        {
            SendHeld(held);
        }
    }

    private HeldDatagram Hold(ProxyDirection direction, ReadOnlySpan<byte> datagram, int milliseconds)
    {
        var held = new HeldDatagram(direction, datagram.ToArray());
        _held.Enqueue(held, Stopwatch.GetTimestamp() + (milliseconds * Stopwatch.Frequency / 1000));
        return held;
    }

    private void SendDue()
    {
        long now = Stopwatch.GetTimestamp();
        while (_held.TryPeek(out HeldDatagram? held, out long due) && due <= now)
        {
            _held.Dequeue();
            SendHeld(held);
        }
    }

    private void SendHeld(HeldDatagram held)
    {
        if (held.Direction.Held == held)
        {
            held.Direction.Held = null;
        }

        if (!held.Sent)
        {
            held.Sent = true;
            Send(held.Direction, held.Datagram);
        }
    }

    private void Inject(ProxyDirection direction)
    {
        int kind = direction.Random.Next(3);
        if (kind == 0 && direction.Recall() is { } seen)
        {
            Counters.Replayed++;
            Send(direction, seen);
        }
        else if (kind == 1 && direction.ToServer)
        {
            Counters.InjectedClientHellos++;
            Send(direction, _forged.AsSpan(0, Forgery.ClientHello(direction.Random, _forged)));
        }
        else
        {
            Counters.InjectedRecords++;
            Send(direction, _forged.AsSpan(0, Forgery.Record(direction.Random, _forged)));
        }
    }

    private void Send(ProxyDirection direction, ReadOnlySpan<byte> datagram)
    {
        direction.Out.Send(datagram, SocketFlags.None, out SocketError error);
        if (error == SocketError.Success)
        {
            Counters.Forwarded++;
        }
        else
        {
            Counters.SocketErrors++;
        }
    }
}
