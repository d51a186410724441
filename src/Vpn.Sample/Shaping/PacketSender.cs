namespace FifoVpn.Shaping;

/// <summary>Sends one packet, which is its only as long as the call lasts.</summary>
internal delegate void PacketSender(ReadOnlySpan<byte> packet);
