using System.Buffers;
using FifoDtls;
using FifoVpn.Control;
using FifoVpn.Packets;

namespace FifoVpn.Rendezvous;

// What the node asks the server for, on any thread.
internal sealed partial class RendezvousClient
{
    private const int MaxRequests = 1_024;
    private const int RepeatMilliseconds = 500;

    private readonly Dictionary<uint, Request> _requests = [];
    private uint _lastRequest;

    /// <summary>Asks where a node is, and waits for the answer. The other node learns at the same moment where this one is.</summary>
    /// <returns>The introduction, or null: not registered here, or no answer in time, or refused.</returns>
    public IntroductionMessage? Find(string name, TimeSpan limit) => Find(number => FindMessage.Of(number, name), limit);

    /// <summary>Asks who has a VPN address.</summary>
    public IntroductionMessage? Find(VpnAddress address, TimeSpan limit) => Find(number => FindMessage.Of(number, address), limit);

    /// <summary>Sends a datagram to another node through the server. What can't be sent is lost like any datagram.</summary>
    public void Relay(in RelayHeader header, ReadOnlySpan<byte> datagram)
    {
        if (_association is not { } association)
        {
            return;
        }

        byte[] message = ArrayPool<byte>.Shared.Rent(RelayHeader.Length + datagram.Length);
        header.Write(message);
        datagram.CopyTo(message.AsSpan(RelayHeader.Length));
        TrySend(association, message.AsSpan(0, RelayHeader.Length + datagram.Length));
        ArrayPool<byte>.Shared.Return(message);
    }

    private IntroductionMessage? Find(Func<uint, FindMessage> create, TimeSpan limit)
    {
        if (_association is not { } association || !IsRegistered)
        {
            return null;
        }

        Request request = new();
        uint number;
        lock (_gate)
        {
            if (_requests.Count >= MaxRequests)
            {
                return null;
            }

            do
            {
                number = ++_lastRequest;
            }
            while (number == 0 || !_requests.TryAdd(number, request));
        }

        Span<byte> buffer = stackalloc byte[ControlMessage.MaxLength];
        ReadOnlySpan<byte> message = create(number).Write(buffer);
        long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        for (long left = (long)limit.TotalMilliseconds; left > 0 && !request.IsAnswered && TrySend(association, message); left = deadline - Environment.TickCount64)
        {
            lock (_gate)
            {
                if (!request.IsAnswered)
                {
                    Monitor.Wait(_gate, (int)Math.Min(left, RepeatMilliseconds));
                }
            }
        }

        lock (_gate)
        {
            _requests.Remove(number);
            return request.Introduction;
        }
    }

    private void Introduced(IntroductionMessage introduction)
    {
        if (introduction.Request != 0)
        {
            Answer(introduction.Request, introduction, null);
        }
        else
        {
            _events.Introduced(new Introduction(this, introduction));
        }
    }

    private void Answer(uint number, IntroductionMessage? introduction, FindFailure? failure)
    {
        lock (_gate)
        {
            if (_requests.TryGetValue(number, out Request? request))
            {
                request.Introduction = introduction;
                request.IsAnswered = introduction is not null || failure is not null;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void FailRequests()
    {
        lock (_gate)
        {
            foreach (Request request in _requests.Values)
            {
                request.IsAnswered = true;
            }

            Monitor.PulseAll(_gate);
        }
    }

    private static bool TrySend(DtlsPeer association, ReadOnlySpan<byte> message)
    {
        try
        {
            association.Send(message);
            return true;
        }
        catch (Exception exception) when (exception is DtlsException or InvalidOperationException)
        {
            return false; // it has just ended; its own thread says why
        }
    }

    private sealed class Request
    {
        public IntroductionMessage? Introduction { get; set; }

        public bool IsAnswered { get; set; }
    }
}
