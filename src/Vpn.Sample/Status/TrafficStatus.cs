namespace FifoVpn.Status;

/// <summary>Packets inside the VPN, both ways. Counters only grow.</summary>
/// <param name="PacketsSent">Packets to peers.</param>
/// <param name="BytesSent">Their bytes.</param>
/// <param name="PacketsReceived">Packets from peers.</param>
/// <param name="BytesReceived">Their bytes.</param>
/// <param name="Drops">Packets dropped, by every <see cref="Node.DropReason"/> in camel case.</param>
internal sealed record TrafficStatus(long PacketsSent, long BytesSent, long PacketsReceived, long BytesReceived, IReadOnlyDictionary<string, long> Drops);
