using System.Net;
using FifoVpn.Control;

namespace FifoVpn.Rendezvous;

/// <summary>Two nodes that are to be introduced, or why not. As both were at one moment.</summary>
internal readonly record struct Meeting
{
    /// <summary>Null: they are to be introduced.</summary>
    public FindFailure? Failure { get; init; }

    public RendezvousNode Target { get; init; }

    public IReadOnlyList<IPEndPoint> AskerEndPoints { get; init; }

    public IReadOnlyList<IPEndPoint> TargetEndPoints { get; init; }

    /// <summary>What the asker calls the target; 0 when nothing is relayed between them.</summary>
    public uint AskerChannel { get; init; }

    /// <summary>What the target calls the asker; 0 when nothing is relayed between them.</summary>
    public uint TargetChannel { get; init; }

    /// <summary>Whether one of them has as many channels as a node may have.</summary>
    public bool ChannelsFull { get; init; }

    public static Meeting Failed(FindFailure failure) => new() { Failure = failure };
}
