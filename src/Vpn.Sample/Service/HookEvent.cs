namespace FifoVpn.Service;

/// <summary>When a hook runs.</summary>
internal enum HookEvent
{
    /// <summary>The device is configured.</summary>
    Up,

    /// <summary>The device is about to go.</summary>
    Down,
}
