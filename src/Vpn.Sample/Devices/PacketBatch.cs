using System.Buffers;

namespace FifoVpn.Devices;

/// <summary>
/// Packets back to back in one buffer from the shared pool. One thread uses a batch at a time; Dispose gives the buffer back, after which
/// the batch must not be used.
/// </summary>
internal sealed class PacketBatch : IDisposable
{
    public const int DefaultByteCapacity = 128 * 1024;
    public const int DefaultPacketCapacity = 128;

    private readonly int[] _offsets;
    private readonly int[] _lengths;
    private readonly int _packetCapacity;
    private byte[] _bytes;

    /// <param name="byteCapacity">At least that many bytes are there for the packets.</param>
    /// <param name="packetCapacity">The number of packets that fit, if the bytes do.</param>
    public PacketBatch(int byteCapacity = DefaultByteCapacity, int packetCapacity = DefaultPacketCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteCapacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(packetCapacity);
        _packetCapacity = packetCapacity;
        _bytes = ArrayPool<byte>.Shared.Rent(byteCapacity);
        _offsets = ArrayPool<int>.Shared.Rent(packetCapacity);
        _lengths = ArrayPool<int>.Shared.Rent(packetCapacity);
    }

    public int Count { get; private set; }

    public int ByteCount { get; private set; }

    /// <summary>Whether no further packet fits, however short.</summary>
    public bool IsFull => Count == _packetCapacity || ByteCount == _bytes.Length;

    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    /// <summary>All packets, back to back.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, ByteCount);

    /// <summary>Where the next packet goes: write it here, then <see cref="Commit"/> it. Empty when no further packet fits.</summary>
    public Span<byte> Free => Count == _packetCapacity ? default : _bytes.AsSpan(ByteCount);

    public Span<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _bytes.AsSpan(_offsets[index], _lengths[index]);
        }
    }

    /// <summary>Makes the first bytes of <see cref="Free"/> the next packet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for such a packet, or it is empty.</exception>
    public void Commit(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Count == _packetCapacity ? 0 : _bytes.Length - ByteCount);
        _offsets[Count] = ByteCount;
        _lengths[Count] = length;
        Count++;
        ByteCount += length;
    }

    /// <summary>Copies a packet to the end. False when it does not fit.</summary>
    public bool TryAdd(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty || !packet.TryCopyTo(Free))
        {
            return false;
        }

        Commit(packet.Length);
        return true;
    }

    public void Clear()
    {
        Count = 0;
        ByteCount = 0;
    }

    public void Dispose()
    {
        if (_bytes.Length == 0)
        {
            return;
        }

        Clear();
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<int>.Shared.Return(_offsets);
        ArrayPool<int>.Shared.Return(_lengths);
        _bytes = [];
    }
}
