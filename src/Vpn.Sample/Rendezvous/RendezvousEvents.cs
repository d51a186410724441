using System.Net;
using FifoVpn.Control;

namespace FifoVpn.Rendezvous;

/// <summary>What a rendezvous client asks its node for and tells it, on the client's thread. Nothing here may wait.</summary>
internal abstract class RendezvousEvents
{
    /// <summary>Where the node's socket is reached on its own side of a NAT.</summary>
    public abstract IReadOnlyList<IPEndPoint> LocalEndPoints();

    /// <summary>The server has registered the node.</summary>
    public abstract void Registered(RendezvousClient client);

    /// <summary>The association with the server has ended: channels are no more.</summary>
    public abstract void Lost(RendezvousClient client);

    /// <param name="certificate">The server's, in DER form.</param>
    /// <param name="begins">Whether the association has just begun, after a handshake that has verified the certificate: then only a newer revocation list counts.</param>
    /// <returns>Why the server's certificate is not accepted any more, or null. On any thread.</returns>
    public abstract string? Refusal(byte[] certificate, bool begins);

    /// <summary>Another node looks for this one.</summary>
    public abstract void Introduced(Introduction introduction);

    /// <summary>A datagram of another node.</summary>
    public abstract void Relayed(RendezvousClient client, in RelayHeader header, ReadOnlySpan<byte> datagram);

    /// <summary>A channel leads nowhere any more.</summary>
    public abstract void RelayClosed(RendezvousClient client, uint channel);
}
