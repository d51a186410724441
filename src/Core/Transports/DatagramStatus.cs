namespace FifoDtls;

/// <summary>What a transport has for its receiver.</summary>
public enum DatagramStatus
{
    /// <summary>No datagram within the time that was given.</summary>
    None,

    /// <summary>A datagram.</summary>
    Ready,

    /// <summary>No datagram will ever come again.</summary>
    Closed,
}
