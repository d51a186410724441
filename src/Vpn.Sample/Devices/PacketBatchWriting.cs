namespace FifoVpn.Devices;

internal static class PacketBatchWriting
{
    /// <summary>Hands the packets of a batch to the host. They may be changed; the batch is not cleared.</summary>
    public static void WriteMany(this IPacketDevice device, PacketBatch packets) => device.WriteMany(packets.Bytes, packets.Lengths);
}
