using System.Net;
using FifoDtls;
using FifoVpn.Control;
using FifoVpn.Packets;

namespace FifoVpn.Rendezvous;

/// <summary>A node that has an association with the rendezvous server: who it is, by its certificate, and where it is.</summary>
internal sealed class RendezvousNode
{
    private const int ClosedAnswersPerSecond = 10;

    private readonly TimeProvider _clock;
    private int _end;

    /// <param name="prefixes">What others may look for it by.</param>
    public RendezvousNode(DtlsPeer association, string name, IReadOnlyList<IpPrefix> prefixes, RendezvousServerOptions options)
    {
        Association = association;
        Name = name;
        Prefixes = prefixes;
        _clock = options.Clock;
        Since = _clock.GetTimestamp();
        ConnectedSince = _clock.GetUtcNow();
        Requests = new RateLimit(options.RequestsPerSecond, 2.0 * options.RequestsPerSecond, options.Clock);
        ClosedAnswers = new RateLimit(ClosedAnswersPerSecond, ClosedAnswersPerSecond, options.Clock);
    }

    public DtlsPeer Association { get; }

    public string Name { get; }

    /// <summary>What it has shown, in DER form.</summary>
    public ReadOnlyMemory<byte> Certificate { get; init; }

    public IReadOnlyList<IpPrefix> Prefixes { get; }

    public IPEndPoint PublicEndPoint => Association.RemoteEndPoint;

    /// <summary>When its handshake was done, by the server's clock.</summary>
    public long Since { get; }

    /// <summary>The same, for people.</summary>
    public DateTimeOffset ConnectedSince { get; }

    /// <summary>How often it may ask.</summary>
    public RateLimit Requests { get; }

    /// <summary>How often it is told that a channel is closed.</summary>
    public RateLimit ClosedAnswers { get; }

    /// <summary>Changed under the registry's lock.</summary>
    public RelayChannels Channels { get; } = new();

    /// <summary>Under the registry's lock: the endpoints on its own side of a NAT that it has registered with; null before it has.</summary>
    public IReadOnlyList<IPEndPoint>? LocalEndPoints { get; private set; }

    /// <summary>Under the registry's lock: when it has registered first; null before it has.</summary>
    public DateTimeOffset? RegisteredSince { get; private set; }

    /// <summary>What it has sent through the relay.</summary>
    public RelayCounters Relayed { get; } = new();

    /// <summary>Under the registry's lock: whether it has left the registry, for good.</summary>
    public bool IsGone { get; set; }

    /// <summary>Why it is gone.</summary>
    public NodeEnd End => (NodeEnd)Volatile.Read(ref _end);

    /// <summary>The first reason is kept.</summary>
    public void EndAs(NodeEnd end) => Interlocked.CompareExchange(ref _end, (int)end, (int)NodeEnd.None);

    /// <summary>Under the registry's lock: it registers, or does so again.</summary>
    public void Register(IReadOnlyList<IPEndPoint> localEndPoints)
    {
        LocalEndPoints = localEndPoints;
        RegisteredSince ??= _clock.GetUtcNow();
    }

    public bool Fits(int length) => Association.Negotiated is { } negotiated && length <= negotiated.MaxPayloadSize;

    /// <summary>Sends at once, from any thread. What can't be sent is lost, like a datagram.</summary>
    /// <returns>Whether it was handed to the system.</returns>
    public bool TrySend(ReadOnlySpan<byte> message)
    {
        if (!Fits(message.Length))
        {
            return false;
        }

        try
        {
            Association.Send(message);
            return true;
        }
        catch (Exception exception) when (exception is DtlsException or ObjectDisposedException)
        {
            return false; // the association has just ended, and its own thread says why
        }
    }

    /// <summary>Says why the association is closed right after. It may be lost.</summary>
    public void SayBye(ByeReason reason, string text)
    {
        Span<byte> buffer = stackalloc byte[ControlMessage.MaxLength];
        TrySend(new ByeMessage(reason, text).Write(buffer));
    }

    public override string ToString() => Name;
}
