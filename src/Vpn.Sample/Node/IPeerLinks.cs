using System.Net;
using FifoVpn.Rendezvous;

namespace FifoVpn.Node;

/// <summary>What a caller needs of its node.</summary>
internal interface IPeerLinks
{
    IPEndPoint LocalEndPoint { get; }

    /// <summary>Begins to call a peer at an address.</summary>
    CallAttempt Call(VpnPeer peer, IPEndPoint place, TimeSpan limit);

    /// <summary>Begins to call a peer through the rendezvous server that has introduced it.</summary>
    CallAttempt CallThrough(VpnPeer peer, Introduction meeting, TimeSpan limit);

    /// <summary>Whether it is this side's turn when one of both is enough.</summary>
    bool CallsFirst(VpnPeer peer);

    /// <summary>An introduction has been asked for and come.</summary>
    void Met(Introduction introduction);
}
