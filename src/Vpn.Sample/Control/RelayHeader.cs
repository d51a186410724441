using System.Buffers.Binary;

namespace FifoVpn.Control;

/// <summary>
/// What stands before a datagram that a rendezvous server relays: the datagram itself is a DTLS datagram between the two nodes, which the server can't read. The server
/// looks at the channel only, and replaces it by the one that the receiver knows the sender by.
/// </summary>
/// <param name="Channel">Towards the server: to whom; from the server: from whom.</param>
/// <param name="Association">Which of the two nodes' associations: a number that its initiator has drawn.</param>
/// <param name="FromInitiator">Which end of the association sends: the initiator is the client.</param>
internal readonly record struct RelayHeader(uint Channel, uint Association, bool FromInitiator)
{
    public const int Length = 1 + sizeof(uint) + sizeof(uint) + 1;

    public void Write(Span<byte> buffer)
    {
        buffer[0] = (byte)ControlType.Relay;
        WriteChannel(buffer, Channel);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[5..], Association);
        buffer[9] = FromInitiator ? (byte)1 : (byte)0;
    }

    /// <summary>Puts another channel into a written header.</summary>
    public static void WriteChannel(Span<byte> message, uint channel) => BinaryPrimitives.WriteUInt32BigEndian(message[1..], channel);

    public static bool TryRead(ReadOnlySpan<byte> message, out RelayHeader header)
    {
        if (message.Length < Length)
        {
            header = default;
            return false;
        }

        header = new RelayHeader(BinaryPrimitives.ReadUInt32BigEndian(message[1..]), BinaryPrimitives.ReadUInt32BigEndian(message[5..]), message[9] != 0);
        return true;
    }
}
