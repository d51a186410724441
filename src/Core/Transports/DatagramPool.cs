namespace FifoDtls;

/// <summary>
/// Buffers for datagrams on their way from a socket to a connection. They are rented by one thread (the socket's reader) and returned by others (the peers'
/// workers), which is why this is not the per-thread cached <see cref="System.Buffers.ArrayPool{T}"/>. Thread-safe.
/// </summary>
internal sealed class DatagramPool
{
    /// <summary>Holds any datagram that crosses an Ethernet unfragmented.</summary>
    internal const int SmallSize = 2048;

    /// <summary>Holds one record of the largest size (RFC 6347 §4.1): what a FIFO accepts by default.</summary>
    internal const int RecordSize = 20_480;

    /// <summary>Holds any UDP datagram.</summary>
    internal const int LargeSize = 65_536;

    private readonly Shelf _small = new(SmallSize, limit: 8_192);
    private readonly Shelf _record = new(RecordSize, limit: 512);
    private readonly Shelf _large = new(LargeSize, limit: 128);

    internal static DatagramPool Shared { get; } = new();

    /// <summary>Takes a buffer of at least <paramref name="size"/> bytes, which the caller then owns.</summary>
    internal DatagramBuffer Rent(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargeSize);
        DatagramBuffer buffer = ShelfFor(size).Rent(this);
        buffer.Take();
        return buffer;
    }

    internal void Return(DatagramBuffer buffer) => ShelfFor(buffer.Capacity).Return(buffer);

    private Shelf ShelfFor(int size) => size <= SmallSize ? _small : size <= RecordSize ? _record : _large;

    /// <summary>A bounded stack of free buffers of one size; what does not fit on it is left to the garbage collector.</summary>
    private sealed class Shelf(int size, int limit)
    {
        private readonly Lock _lock = new();
        private readonly Stack<DatagramBuffer> _free = new();

        internal DatagramBuffer Rent(DatagramPool pool)
        {
            lock (_lock)
            {
                if (_free.TryPop(out DatagramBuffer? buffer))
                {
                    return buffer;
                }
            }

            return new DatagramBuffer(pool, size);
        }

        internal void Return(DatagramBuffer buffer)
        {
            lock (_lock)
            {
                if (_free.Count < limit)
                {
                    _free.Push(buffer);
                }
            }
        }
    }
}
