namespace FifoVpn.Control;

/// <summary>Why a rendezvous server does not introduce. The numbers go over the wire.</summary>
internal enum FindFailure : byte
{
    /// <summary>No reason that this version knows.</summary>
    Other = 0,

    /// <summary>Nobody of that name, or with that address, is registered now.</summary>
    NotRegistered = 1,

    /// <summary>The node asks too often; ask later.</summary>
    TooManyRequests = 2,

    /// <summary>The node asks for itself.</summary>
    Yourself = 3,

    /// <summary>The node has to register before.</summary>
    RegisterFirst = 4,
}
