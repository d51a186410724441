namespace FifoVpn.Rendezvous;

/// <summary>Why a rendezvous server has lost a node.</summary>
internal enum NodeEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The node closed the association.</summary>
    ClosedByNode,

    /// <summary>Nothing came from it for three keepalives.</summary>
    Silent,

    /// <summary>It was there for three keepalives and did not register.</summary>
    NeverRegistered,

    /// <summary>There is a newer association of the same node, or from the same address.</summary>
    Replaced,

    /// <summary>The server is shutting down.</summary>
    ShuttingDown,

    /// <summary>The association failed.</summary>
    Failed,

    /// <summary>Its certificate is not accepted any more.</summary>
    Revoked,
}
