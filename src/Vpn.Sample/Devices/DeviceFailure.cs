namespace FifoVpn.Devices;

/// <summary>Why a network device cannot be used.</summary>
internal enum DeviceFailure
{
    /// <summary>The system has no TUN driver, or its clone device is missing.</summary>
    NotAvailable,

    /// <summary>CAP_NET_ADMIN is missing.</summary>
    NoPrivilege,

    /// <summary>The name is no valid interface name.</summary>
    InvalidName,

    /// <summary>Another program or another kind of link has the name.</summary>
    NameInUse,

    /// <summary>The kernel refused an address, a route or an MTU.</summary>
    Refused,

    /// <summary>The link was deleted while in use.</summary>
    Removed,
}
