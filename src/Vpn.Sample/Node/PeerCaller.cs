using System.Net;
using System.Net.Sockets;
using FifoVpn.Configuration;
using FifoVpn.Links;
using FifoVpn.Rendezvous;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Node;

/// <summary>
/// Calls one peer whenever it is to be called, in blocking code on a thread of its own: where it is known to be, then where a rendezvous server has seen it, then through that
/// server; and after a failure waits a little longer each time. The sessions run on the attempts' threads.
/// </summary>
internal sealed class PeerCaller
{
    private const int StackSize = 256 << 10;

    /// <summary>No failure to tell: the peer is calling us at this moment, or the session has told it.</summary>
    private const string Told = "";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SteadyLink = TimeSpan.FromSeconds(10);

    /// <summary>How long the known places are tried alone before a rendezvous server is asked, which may know better; they are tried on meanwhile.</summary>
    private static readonly TimeSpan KnownPlacesHeadStart = TimeSpan.FromMilliseconds(750);

    /// <summary>How long two NATs get to let both sides' ClientHellos through.</summary>
    private static readonly TimeSpan PunchLimit = TimeSpan.FromSeconds(4);

    /// <summary>How long those behind the same NAT try the short way alone.</summary>
    private static readonly TimeSpan LocalHeadStart = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after its deadline an attempt may take to end by itself, and say why.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    /// <summary>How often in one call the peer may turn out to be elsewhere; a server that tells a new place each time does not hold the call up for ever.</summary>
    private const int MaxMoves = 2;

    /// <summary>How long the other side, whose turn it is to call through the relay, is waited for.</summary>
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long a call that comes from the very place is waited for before that place is tried again.</summary>
    private static readonly TimeSpan IncomingLimit = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan FindLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DirectRetry = TimeSpan.FromSeconds(30);

    private readonly VpnPeer _peer;
    private readonly IPeerLinks _links;
    private readonly IReadOnlyList<RendezvousClient> _rendezvous;
    private readonly TimeSpan _handshakeTimeout;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly List<CallAttempt> _attempts = []; // those that have not ended; the caller's own

    public PeerCaller(VpnPeer peer, IPeerLinks links, IReadOnlyList<RendezvousClient> rendezvous, TimeSpan handshakeTimeout, ILogger logger)
    {
        _peer = peer;
        _links = links;
        _rendezvous = rendezvous;
        _handshakeTimeout = handshakeTimeout;
        _logger = logger;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = $"call-{peer.Name}" };
    }

    public void Start() => _thread.Start();

    /// <summary>Waits for the thread and those of the attempts; the peer must have been stopped and the endpoint disposed.</summary>
    public bool Join(TimeSpan limit) => !_thread.IsAlive || _thread.Join(limit);

    private void Run()
    {
        TimeSpan pause = FirstPause;
        while (_peer.WaitUntilToBeCalled(DirectRetry))
        {
            bool wasConnected = _peer.Link is not null; // through a relay
            string? failure = _peer.NoteCall(Call);
            PeerLink? link = _peer.Link;
            if (failure is null && link is not null)
            {
                // A link that ends at once was refused by one of the sides, and will be the next time too.
                if (WaitUntilSteady(link))
                {
                    pause = FirstPause;
                }
                else
                {
                    _peer.Pause(pause);
                    pause = Longer(pause);
                }
            }
            else if (!_peer.IsStopped && !wasConnected)
            {
                _peer.DropPending();
                if (_peer.Link is null && failure is not (null or Told))
                {
                    VpnLogger.CallFailed(_logger, _peer.Name, failure);
                }

                _peer.Pause(pause);
                pause = Longer(pause);
            }
        }

        foreach (CallAttempt attempt in _attempts)
        {
            attempt.GiveUp();
        }

        foreach (CallAttempt attempt in _attempts)
        {
            attempt.Join(_handshakeTimeout);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private bool WaitUntilSteady(PeerLink link)
    {
        _peer.WaitUntilEnded(link, SteadyLink);
        return _peer.IsAttached(link);
    }

    /// <summary>Tries all ways, the best first.</summary>
    /// <returns>Null when the peer is connected, directly if possible; else why the first way failed.</returns>
    private string? Call()
    {
        bool upgrade = _peer.Link is not null;
        string? failure = null;
        Introduction? introduction = _peer.TakeIntroduction();
        if (introduction is null && !upgrade)
        {
            bool canAsk = _rendezvous.Any(client => client.IsRegistered);
            if (TryDirect(KnownPlaces(ref failure), head: 0, _rendezvous.Count > 0 ? PunchLimit : _handshakeTimeout, ref failure, canAsk ? KnownPlacesHeadStart : null))
            {
                return null;
            }
        }

        foreach (Introduction meeting in Introductions(introduction ?? _peer.TakeIntroduction()))
        {
            if (TryMeeting(meeting, ref failure) || (!upgrade && TryRelay(meeting, ref failure)))
            {
                return null;
            }
        }

        return failure ?? (_rendezvous.Count > 0 ? "no rendezvous server knows where it is" : "it has no endpoint");
    }

    /// <summary>Where the peer was last, and where the configuration says.</summary>
    private List<IPEndPoint> KnownPlaces(ref string? failure)
    {
        List<IPEndPoint> places = [];
        if (_peer.LastEndPoint is { } last)
        {
            places.Add(last);
        }

        if (_peer.Config.Endpoint is { } endpoint)
        {
            try
            {
                places.AddRange(endpoint.Resolve(_links.LocalEndPoint).Where(place => !places.Contains(place)));
            }
            catch (Exception exception) when (exception is SocketException or ArgumentException)
            {
                failure = $"{endpoint}: {exception.Message}";
            }
        }

        return places;
    }

    private IEnumerable<Introduction> Introductions(Introduction? given)
    {
        if (given is not null)
        {
            yield return given;
        }

        foreach (RendezvousClient client in _rendezvous)
        {
            if (!_peer.IsStopped && client != given?.Via && client.Find(_peer.Name, FindLimit) is { } found)
            {
                Introduction introduction = new(client, found);
                _links.Met(introduction);
                yield return introduction;
            }
        }
    }

    /// <summary>The peer's local endpoints first, if both are behind the same public address; then where the server sees it.</summary>
    private static List<IPEndPoint> MeetingPlaces(Introduction meeting, out int local)
    {
        List<IPEndPoint> places = [];
        if (meeting.Via.PublicEndPoint is { } own && own.Address.Equals(meeting.Message.PublicEndPoint.Address))
        {
            places.AddRange(meeting.Message.LocalEndPoints.Where(place => !place.Equals(meeting.Message.PublicEndPoint)));
        }

        local = places.Count;
        places.Add(meeting.Message.PublicEndPoint);
        return places;
    }

    /// <summary>Tries where the rendezvous server has seen the peer; and where it sees it later, when the peer was just moving.</summary>
    private bool TryMeeting(Introduction meeting, ref string? failure)
    {
        Introduction? next = meeting;
        for (int moves = 0; next is not null && moves <= MaxMoves; moves++)
        {
            IReadOnlyList<IPEndPoint> places = MeetingPlaces(next, out int local);
            if (TryDirect(places, local, PunchLimit, ref failure))
            {
                return true;
            }

            next = _peer.TakeIntroduction() is { } later && VpnPeer.IsNews(later, places) ? later : null;
        }

        return false;
    }

    /// <summary>Tries places all at once; the first <paramref name="head"/> of them get a head start.</summary>
    /// <param name="limit">The deadline of each attempt.</param>
    /// <param name="wait">How long they are waited for; default: until they have ended.</param>
    private bool TryDirect(IReadOnlyList<IPEndPoint> places, int head, TimeSpan limit, ref string? failure, TimeSpan? wait = null)
    {
        List<CallAttempt> attempts = [];
        bool connected = false;
        if (head > 0)
        {
            attempts.AddRange(places.Take(head).Select(Begin));
            connected = _peer.WaitUntilCalled(attempts, places, direct: true, LocalHeadStart);
        }

        if (!connected)
        {
            attempts.AddRange(places.Skip(head).Select(Begin));
            connected = WaitUntilCalled(attempts, places, wait ?? limit + EndLimit, Begin);
        }

        return Finish(attempts, connected, ref failure);

        CallAttempt Begin(IPEndPoint place) =>
            _attempts.Find(attempt => !attempt.HasEnded && attempt.Target == place.ToString()) ?? _links.Call(_peer, place, limit < _handshakeTimeout ? limit : _handshakeTimeout);
    }

    /// <summary>
    /// Waits for a direct link. When both call at once, an attempt ends because the peer's call has come first: that one may lead to the link, so this way has not failed.
    /// </summary>
    private bool WaitUntilCalled(List<CallAttempt> attempts, IReadOnlyList<IPEndPoint> places, TimeSpan limit, Func<IPEndPoint, CallAttempt> begin)
    {
        long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (true)
        {
            TimeSpan left = TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64));
            if (_peer.WaitUntilCalled(attempts, places, direct: true, left))
            {
                return true;
            }

            CallAttempt[] overtaken = [.. attempts.Where(attempt => attempt.PeerExists)];
            if (_peer.IsStopped || overtaken.Length == 0 || left == TimeSpan.Zero || _peer.HasNews(places))
            {
                return false;
            }

            if (_peer.WaitUntilDirect(left < IncomingLimit ? left : IncomingLimit))
            {
                return true;
            }

            foreach (CallAttempt attempt in overtaken)
            {
                attempts.Remove(attempt);
                attempts.Add(begin(attempt.Place!));
            }
        }
    }

    private bool TryRelay(Introduction meeting, ref string? failure)
    {
        if (meeting.Message.Channel == 0 || _peer.IsStopped)
        {
            return false;
        }

        // Both sides know that there is no direct way, at about the same time; one call is enough.
        if (!_links.CallsFirst(_peer) && _peer.WaitUntilConnected(TurnLimit))
        {
            return true;
        }

        CallAttempt attempt = _links.CallThrough(_peer, meeting, _handshakeTimeout);
        return Finish([attempt], _peer.WaitUntilCalled([attempt], [meeting.Message.PublicEndPoint], direct: false, _handshakeTimeout + EndLimit), ref failure);
    }

    private bool Finish(List<CallAttempt> attempts, bool connected, ref string? failure)
    {
        _attempts.RemoveAll(attempt => attempt.HasEnded);
        foreach (CallAttempt attempt in attempts)
        {
            if (!connected && attempt.HasEnded)
            {
                failure ??= attempt.Failure is { } reason ? $"{attempt.Target}: {reason}" : Told;
            }

            _attempts.Remove(attempt);
            _attempts.Add(attempt); // not given up: to the peer it may be established already, and it must not take a dead link for the newest
        }

        return connected;
    }
}
