namespace FifoVpn.Service;

/// <summary>What the service's thread is asked to do.</summary>
[Flags]
internal enum ServiceRequests
{
    None = 0,

    /// <summary>Take the node down in order.</summary>
    Stop = 1,

    /// <summary>Read the configuration again.</summary>
    Reload = 2,

    /// <summary>Bring the system's routes in line with the peers.</summary>
    UpdateRoutes = 4,
}
