namespace FifoDtls;

/// <summary>The operation needs an open association, and this one has been closed in order.</summary>
public sealed class DtlsClosedException : DtlsException
{
    /// <summary>Makes an exception with a message and the side that closed.</summary>
    public DtlsClosedException(string message, DtlsSide closedBy)
        : base(message) => ClosedBy = closedBy;

    /// <summary>The side that closed the association.</summary>
    public DtlsSide ClosedBy { get; }
}
