namespace FifoVpn.Links;

/// <summary>
/// The half of a packet that has come and waits for the other one; only of the last few packets, as a datagram is rarely overtaken by many. Not thread-safe: it is the session's.
/// </summary>
internal sealed class PartialPacket(int maxPacket)
{
    private const int Slots = 4;

    private readonly Slot[] _slots = new Slot[Slots];
    private int _next;

    /// <summary>Takes a part.</summary>
    /// <param name="packet">The whole packet if this part was the missing one, valid until the next call; empty otherwise.</param>
    /// <returns><see langword="false"/> when the packet would be too large; it is forgotten.</returns>
    public bool TryAdd(ushort number, byte part, ReadOnlySpan<byte> bytes, out Span<byte> packet)
    {
        packet = default;
        if (bytes.Length > maxPacket)
        {
            return false;
        }

        for (int i = 0; i < Slots; i++)
        {
            ref Slot slot = ref _slots[i];
            if (slot.Bytes is not null && slot.IsUsed && slot.Number == number && slot.Part != part)
            {
                slot.IsUsed = false;
                bool fits = slot.Length + bytes.Length <= maxPacket;
                packet = fits ? Join(ref slot, bytes) : default;
                return fits;
            }
        }

        ref Slot taken = ref _slots[_next];
        _next = (_next + 1) % Slots;
        taken.Bytes ??= new byte[maxPacket];
        taken.IsUsed = true;
        taken.Number = number;
        taken.Part = part;
        taken.Length = bytes.Length;
        bytes.CopyTo(taken.Bytes);
        return true;
    }

    private static Span<byte> Join(ref Slot slot, ReadOnlySpan<byte> bytes)
    {
        Span<byte> packet = slot.Bytes.AsSpan(0, slot.Length + bytes.Length);
        if (slot.Part == 0)
        {
            bytes.CopyTo(packet[slot.Length..]);
        }
        else
        {
            packet[..slot.Length].CopyTo(packet[bytes.Length..]);
            bytes.CopyTo(packet);
        }

        return packet;
    }

    private struct Slot
    {
        public byte[]? Bytes;
        public bool IsUsed;
        public ushort Number;
        public byte Part;
        public int Length;
    }
}
