namespace FifoDtls;

/// <summary>
/// Buffers for datagrams on their way from a socket to a connection. They are rented by one thread (the socket's reader) and returned by others (the peers'
/// workers), which is why this is not the per-thread cached <see cref="System.Buffers.ArrayPool{T}"/>. Thread-safe.
/// </summary>
internal sealed class DatagramPool
{
    /// <summary>Holds any datagram that crosses an Ethernet unfragmented.</summary>
    internal const int SmallSize = 2048;

    /// <summary>Holds any UDP datagram.</summary>
    internal const int LargeSize = 65_536;

    private readonly Shelf _small = new(SmallSize, limit: 8_192);
    private readonly Shelf _large = new(LargeSize, limit: 64);

    internal static DatagramPool Shared { get; } = new();

    /// <summary>Takes a buffer of at least <paramref name="size"/> bytes, which the caller then owns.</summary>
    internal DatagramBuffer Rent(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargeSize);
        DatagramBuffer buffer = (size <= SmallSize ? _small : _large).Rent(this);
        buffer.Take();
        return buffer;
    }

    internal void Return(DatagramBuffer buffer) => (buffer.Capacity == SmallSize ? _small : _large).Return(buffer);

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
