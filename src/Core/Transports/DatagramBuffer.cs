using System.Diagnostics;

namespace FifoDtls;

/// <summary>
/// A pooled buffer with one datagram, or with a train of them: several of one size, back to back, of which the last may be shorter. It has exactly one owner at each moment:
/// whoever rented it, then the FIFO that it was pushed to, then whoever took it out. The owner either passes it on or releases it, once.
/// </summary>
internal sealed class DatagramBuffer
{
    private readonly byte[] _bytes;
    private readonly DatagramPool _pool;
    private int _taken; // bytes of the train that have been taken
    private bool _owned;

    internal DatagramBuffer(DatagramPool pool, int size)
    {
        _pool = pool;
        _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: size >= DatagramPool.LargeSize); // what the kernel may be told to write to
    }

    /// <summary>The bytes that datagrams may fill.</summary>
    internal Span<byte> Space => _bytes;

    internal int Capacity => _bytes.Length;

    /// <summary>The length of the datagram, or of the whole train, in bytes.</summary>
    internal int Length { get; set; }

    /// <summary>The size of a train's datagrams; 0: it is one datagram.</summary>
    internal int SegmentSize { get; set; }

    /// <summary>How many datagrams are left in it.</summary>
    internal int Count => SegmentSize == 0 ? 1 : (Length - _taken + SegmentSize - 1) / SegmentSize;

    /// <summary>The length of the longest datagram.</summary>
    internal int LongestDatagram => SegmentSize == 0 ? Length : Math.Min(SegmentSize, Length);

    /// <summary>The datagram, or the whole train.</summary>
    internal ReadOnlySpan<byte> Datagram => _bytes.AsSpan(0, Length);

    internal void Take()
    {
        Debug.Assert(!_owned, "A buffer of the pool is rented to one owner.");
        _owned = true;
        Length = 0;
        SegmentSize = 0;
        _taken = 0;
    }

    /// <summary>Takes the next datagram out.</summary>
    /// <param name="isLast">Whether it was the last one: then the buffer is to be released once the datagram has been used.</param>
    internal ReadOnlySpan<byte> TakeNext(out bool isLast)
    {
        int length = SegmentSize == 0 ? Length : Math.Min(SegmentSize, Length - _taken);
        ReadOnlySpan<byte> datagram = _bytes.AsSpan(_taken, length);
        _taken += length;
        isLast = _taken == Length;
        return datagram;
    }

    /// <summary>Leaves only the first <paramref name="count"/> datagrams of a train.</summary>
    internal void Trim(int count)
    {
        Debug.Assert(count > 0 && count < Count, "Something goes, and something stays.");
        Length = _taken + (count * SegmentSize);
    }

    /// <summary>Gives the buffer back to its pool.</summary>
    internal void Release()
    {
        Debug.Assert(_owned, "A buffer is released once, by its owner.");
        _owned = false;
        _pool.Return(this);
    }
}
