namespace FifoVpn.Control;

/// <summary>What holds for all control messages.</summary>
internal static class ControlMessage
{
    /// <summary>No message but <see cref="ControlType.Relay"/> and <see cref="ControlType.MtuProbe"/> is longer.</summary>
    public const int MaxLength = 1_024;

    private const byte FirstPacketByte = 0x40;

    /// <summary>Tells a control message from an IP packet (and from nothing at all).</summary>
    public static bool Is(ReadOnlySpan<byte> payload) => !payload.IsEmpty && payload[0] < FirstPacketByte;

    /// <summary>The type, whether it is known or not.</summary>
    public static ControlType TypeOf(ReadOnlySpan<byte> message) => (ControlType)message[0];
}
