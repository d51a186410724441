namespace FifoVpn.Control;

/// <summary>Why an association is closed by whoever says <see cref="ControlType.Bye"/>. The numbers go over the wire.</summary>
internal enum ByeReason : byte
{
    /// <summary>No reason that this version knows.</summary>
    Other = 0,

    /// <summary>The sender has as many peers as it may have.</summary>
    TableFull = 1,

    /// <summary>The sender does not know the receiver's certificate as a peer's.</summary>
    NotAPeer = 2,

    /// <summary>The sender is shutting down.</summary>
    ShuttingDown = 3,

    /// <summary>Nothing was sent for the idle timeout; packets bring the association back.</summary>
    Idle = 4,

    /// <summary>There is a newer association between the two.</summary>
    Replaced = 5,

    /// <summary>The receiver's certificate has been revoked.</summary>
    Revoked = 6,
}
