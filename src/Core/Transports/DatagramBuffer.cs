using System.Diagnostics;

namespace FifoDtls;

/// <summary>
/// A pooled buffer with one datagram. It has exactly one owner at each moment: whoever rented it, then the FIFO that it was
/// pushed to, then whoever took it out. The owner either passes it on or releases it, once.
/// </summary>
internal sealed class DatagramBuffer
{
    private readonly byte[] _bytes;
    private readonly DatagramPool _pool;
    private bool _owned;

    internal DatagramBuffer(DatagramPool pool, int size)
    {
        _pool = pool;
        _bytes = GC.AllocateUninitializedArray<byte>(size);
    }

    /// <summary>The bytes that a datagram may fill.</summary>
    internal Span<byte> Space => _bytes;

    internal int Capacity => _bytes.Length;

    /// <summary>The datagram's length in bytes.</summary>
    internal int Length { get; set; }

    /// <summary>The datagram.</summary>
    internal ReadOnlySpan<byte> Datagram => _bytes.AsSpan(0, Length);

    internal void Take()
    {
        Debug.Assert(!_owned, "A buffer of the pool is rented to one owner.");
        _owned = true;
        Length = 0;
    }

    /// <summary>Gives the buffer back to its pool.</summary>
    internal void Release()
    {
        Debug.Assert(_owned, "A buffer is released once, by its owner.");
        _owned = false;
        _pool.Return(this);
    }
}
