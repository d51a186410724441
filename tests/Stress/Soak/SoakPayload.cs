using System.Buffers.Binary;
using System.Numerics;

namespace FifoDtls.Stress;

/// <summary>A payload of a soak: whose it is, which one, when it was sent, and a checksum over all of it.</summary>
/// <param name="Peer">The peer's number.</param>
/// <param name="Life">The number of its association.</param>
/// <param name="Sequence">Of the payload in the association, from 0.</param>
/// <param name="SentAt">The sender's clock; the server sends it back.</param>
/// <param name="AsksForClose">Whether the server is to close the association.</param>
internal readonly record struct SoakPayload(int Peer, int Life, uint Sequence, long SentAt, bool AsksForClose)
{
    /// <summary>The size of the smallest payload.</summary>
    internal const int HeaderSize = 32;

    /// <summary>Fills the payload; what follows the header depends on it.</summary>
    internal void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(payload[4..], payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(payload[8..], Peer);
        BinaryPrimitives.WriteInt32LittleEndian(payload[12..], Life);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[16..], Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(payload[20..], AsksForClose ? 1 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(payload[24..], SentAt);
        byte filler = (byte)((Peer * 31) + (Life * 7) + Sequence);
        for (int i = HeaderSize; i < payload.Length; i++)
        {
            payload[i] = filler++;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(payload, Checksum(payload[4..]));
    }

    /// <summary>Whether it is a payload as it was sent, whole and unchanged.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> payload, out SoakPayload header)
    {
        header = default;
        if (payload.Length < HeaderSize || BinaryPrimitives.ReadInt32LittleEndian(payload[4..]) != payload.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(payload) != Checksum(payload[4..]))
        {
            return false;
        }

        header = new SoakPayload(
            BinaryPrimitives.ReadInt32LittleEndian(payload[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(payload[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(payload[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(payload[20..]) != 0);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint sum = uint.MaxValue;
        for (; data.Length >= 8; data = data[8..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }

        foreach (byte value in data)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return ~sum;
    }
}
