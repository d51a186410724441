namespace FifoVpn.Devices;

/// <summary>Packets of one batch that are written together: one as it is, or several of a flow as a super-packet.</summary>
internal struct PacketGroup
{
    /// <summary>The number in the batch of its first packet; <see cref="PacketCoalescer.Next"/> has the others.</summary>
    public int First;

    public int Count;

    /// <summary>The number of its last packet.</summary>
    public int Last;

    /// <summary>Where its first packet begins.</summary>
    public int Offset;

    /// <summary>Header and all payloads.</summary>
    public int Length;

    /// <summary>Payload bytes of each packet but the last.</summary>
    public ushort SegmentSize;

    /// <summary>Where TCP or UDP begins. 0 for a single packet that nothing is known of.</summary>
    public byte Transport;

    /// <summary>IP and TCP or UDP headers.</summary>
    public byte HeaderLength;

    public bool IsTcp;
    public bool IsIPv6;

    /// <summary>Whether the last packet has the PSH flag, the only one that may.</summary>
    public bool Push;
}
