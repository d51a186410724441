namespace FifoVpn.Rendezvous;

/// <summary>The registry's answer to a new association.</summary>
internal enum Admission
{
    Admitted,

    /// <summary>There are as many nodes as there may be.</summary>
    TableFull,

    /// <summary>The server is shutting down.</summary>
    Closed,
}
