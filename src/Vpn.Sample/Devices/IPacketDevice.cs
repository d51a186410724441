namespace FifoVpn.Devices;

/// <summary>
/// A network device seen from the VPN node: packets that the host sends into the tunnel are read here, packets from the tunnel are written.
/// One thread reads at a time, while another may wait; any number of threads may write at the same time, also while one reads; Dispose may be
/// called from any thread. No call allocates managed memory per packet.
/// </summary>
internal interface IPacketDevice : IDisposable
{
    string Name { get; }

    /// <summary>The greatest packet length in bytes, IP header included.</summary>
    int Mtu { get; }

    /// <summary>What is on. Without <see cref="DeviceOffloads.TcpSegmentation"/> and the like, a read never brings a super-packet.</summary>
    DeviceOffloads Offloads { get; }

    /// <summary>The bytes that a buffer for reading needs: the longest super-packet, or else <see cref="Mtu"/>.</summary>
    int ReadBufferSize { get; }

    /// <summary>Blocks until there is a packet, or the device has failed: read on. False when it was disposed, which also ends a blocked call.</summary>
    bool Wait();

    /// <summary>Takes a packet. False when there is none now, or the device was disposed.</summary>
    /// <param name="buffer">At least <see cref="ReadBufferSize"/> bytes.</param>
    /// <exception cref="ArgumentException">The buffer is too short.</exception>
    /// <exception cref="DeviceException">The device failed for good, for example because its link was deleted.</exception>
    bool TryRead(Span<byte> buffer, out DevicePacket packet);

    /// <summary>
    /// Hands one packet to the host and never waits for it. What the host does not take, and whatever comes after Dispose,
    /// is dropped and counted by the device, never thrown: a packet path has nobody to catch it.
    /// </summary>
    void Write(ReadOnlySpan<byte> packet);

    /// <summary>
    /// Hands packets to the host as <see cref="Write"/> would one after the other, in fewer calls if the device can. Packets of one flow keep
    /// their order; those of different flows may not.
    /// </summary>
    /// <param name="packets">The packets, back to back. Their bytes may be changed.</param>
    /// <param name="lengths">The length of each.</param>
    void WriteMany(Span<byte> packets, ReadOnlySpan<int> lengths);
}
