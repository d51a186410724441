namespace FifoVpn.Devices;

/// <summary>A group that further packets of its flow may join.</summary>
internal struct OpenFlow
{
    public ulong Key;
    public int Group;

    /// <summary>The sequence number that the next TCP segment must have.</summary>
    public uint NextSequence;

    /// <summary>The id that the next IPv4 packet must have.</summary>
    public ushort NextId;

    /// <summary>The checksums of the first packet were found right.</summary>
    public bool Verified;
}
