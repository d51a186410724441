using System.Diagnostics;
using FifoVpn.Control;
using FifoVpn.Links;

namespace FifoVpn.Node;

// Round trips.
internal sealed partial class VpnPeer
{
    private ulong _lastPong;

    /// <summary>Pings the peer over its link and waits for the answer.</summary>
    /// <returns>The round trip, or null: not connected, or no answer in time.</returns>
    public TimeSpan? Ping(TimeSpan limit)
    {
        if (_link is not { } link)
        {
            return null;
        }

        ulong token = (ulong)Stopwatch.GetTimestamp();
        if (!link.TrySend(new EchoMessage(token).Write(stackalloc byte[EchoMessage.Length], ControlType.Ping)))
        {
            return null;
        }

        // Tokens are times: one that is not older than ours answers as well.
        bool answered = Wait(limit, () => _lastPong >= token || _link is null) && Volatile.Read(ref _lastPong) >= token;
        return answered ? link.RoundTrip : null;
    }

    /// <summary>An answer has come. Its token is the time at which this side has sent the ping.</summary>
    public void NotePong(PeerLink link, ulong token)
    {
        long now = Stopwatch.GetTimestamp();
        if (token > (ulong)now)
        {
            return; // not ours
        }

        link.NoteRoundTrip(now - (long)token);
        lock (_gate)
        {
            _lastPong = Math.Max(_lastPong, token);
            Monitor.PulseAll(_gate);
        }
    }
}
