namespace FifoVpn.Devices;

/// <summary>
/// A network device seen from the VPN node: packets that the host sends into the tunnel are read here, packets from the tunnel are written.
/// One thread reads at a time; any number of threads may write at the same time, also while one reads; Dispose may be called from any
/// thread.
/// Neither Read nor Write allocates managed memory per packet.
/// </summary>
internal interface IPacketDevice : IDisposable
{
    string Name { get; }

    /// <summary>The greatest packet length in bytes, IP header included.</summary>
    int Mtu { get; }

    /// <summary>
    /// Blocks until there is a packet and returns its length; 0 means that the device was disposed, which also ends a blocked call.
    /// </summary>
    /// <param name="packet">At least <see cref="Mtu"/> bytes.</param>
    /// <exception cref="ArgumentException">The buffer is shorter than <see cref="Mtu"/>.</exception>
    /// <exception cref="DeviceException">The device failed for good, for example because its link was deleted.</exception>
    int Read(Span<byte> packet);

    /// <summary>
    /// Hands one packet to the host and never waits for it. What the host does not take, and whatever comes after Dispose,
    /// is dropped and counted by the device, never thrown: a packet path has nobody to catch it.
    /// </summary>
    void Write(ReadOnlySpan<byte> packet);
}
