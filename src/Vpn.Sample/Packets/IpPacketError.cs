namespace FifoVpn.Packets;

/// <summary>Why bytes are not one whole IP packet.</summary>
internal enum IpPacketError
{
    None,

    /// <summary>There are no bytes at all.</summary>
    Empty,

    /// <summary>The version field is neither 4 nor 6.</summary>
    UnknownVersion,

    /// <summary>Fewer bytes than the fixed header has.</summary>
    TooShort,

    /// <summary>The IPv4 header length is below 20 bytes or reaches past the packet.</summary>
    BadHeaderLength,

    /// <summary>The length that the header states is not the length of the packet: it was cut, padded or joined with other data.</summary>
    LengthMismatch,
}
