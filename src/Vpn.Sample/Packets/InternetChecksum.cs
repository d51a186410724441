using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FifoVpn.Packets;

/// <summary>The Internet checksum (RFC 1071): the one's complement of the one's complement sum of the 16-bit words.</summary>
internal static class InternetChecksum
{
    private const int HalfBits = 32;

    /// <summary>The checksum of data whose checksum field is zero; 0 for data whose checksum field is right.</summary>
    public static ushort Compute(ReadOnlySpan<byte> data) => Finish(Add(0, data));

    /// <summary>
    /// Adds data to a running sum. Only the last piece may have an odd length (RFC 1071 §4.1 pads it with a zero byte).
    /// The sum cannot overflow below 16 GiB of data.
    /// </summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> data) =>
        sum + ToBigEndian(Sum<Reading>(ref MemoryMarshal.GetReference(data), ref Unsafe.NullRef<byte>(), data.Length));

    /// <summary>Adds data to a running sum, as <see cref="Add"/> does, and copies it on the way: both in one pass over the memory.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than the data.</exception>
    public static ulong CopyAndAdd(ulong sum, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        if (destination.Length < data.Length)
        {
            throw new ArgumentException($"{destination.Length} bytes do not hold {data.Length} bytes.", nameof(destination));
        }

        return sum + ToBigEndian(Sum<Copying>(ref MemoryMarshal.GetReference(data), ref MemoryMarshal.GetReference(destination), data.Length));
    }

    /// <summary>The sum over the pseudo-header of an upper-layer checksum (RFC 8200 §8.1; the IPv4 form sums to the same fields).</summary>
    public static ulong AddPseudoHeader(ulong sum, VpnAddress source, VpnAddress destination, byte protocol, int upperLayerLength)
    {
        Span<byte> addresses = stackalloc byte[32];
        source.WriteBytes(addresses);
        destination.WriteBytes(addresses[source.ByteLength..]);
        return Add(sum, addresses[..(2 * source.ByteLength)]) + protocol + (uint)upperLayerLength;
    }

    /// <summary>Folds the carries to the one's complement sum in 16 bits. The sum of data that is not all zero is not 0.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & uint.MaxValue) + (sum >> 32);
        sum = (sum & 0xFFFF) + ((sum >> 16) & 0xFFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }

    /// <summary>Folds the carries and takes the complement.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    // The byte order of the words only decides the byte order of the sum (RFC 1071 §2 B), so they are summed up in the machine's own.
    private static ulong ToBigEndian(ulong nativeSum)
    {
        ushort folded = Fold(nativeSum);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded;
    }

    // Words of 32 bits give the same folded sum as words of 16 bits (RFC 1071 §2 C). Each 64-bit lane adds up whole lanes, modulo 2^64, and
    // their upper halves apart: the sum of the lower halves is the difference, and one operation for each is saved.
    private static ulong Sum<TMode>(ref byte data, ref byte destination, int length)
        where TMode : struct
    {
        ulong sum = 0;
        nuint at = 0;
        nuint end = (nuint)length;
        nuint width = (nuint)Vector<byte>.Count;
        if (end >= 2 * width)
        {
            Vector<ulong> wholes = Vector<ulong>.Zero;
            Vector<ulong> uppers = Vector<ulong>.Zero;
            Vector<ulong> otherWholes = Vector<ulong>.Zero;
            Vector<ulong> otherUppers = Vector<ulong>.Zero;
            do
            {
                Vector<ulong> one = Take<TMode, Vector<ulong>>(ref data, ref destination, at);
                Vector<ulong> other = Take<TMode, Vector<ulong>>(ref data, ref destination, at + width);
                wholes += one;
                uppers += one >>> HalfBits;
                otherWholes += other;
                otherUppers += other >>> HalfBits;
                at += 2 * width;
            }
            while (at + (2 * width) <= end);

            uppers += otherUppers;
            sum = Vector.Sum(wholes + otherWholes - (uppers << HalfBits)) + Vector.Sum(uppers);
        }

        for (; at + sizeof(ulong) <= end; at += sizeof(ulong))
        {
            ulong word = Take<TMode, ulong>(ref data, ref destination, at);
            sum += (uint)word + (word >> HalfBits);
        }

        if ((end & sizeof(uint)) != 0)
        {
            sum += Take<TMode, uint>(ref data, ref destination, at);
            at += sizeof(uint);
        }

        if ((end & sizeof(ushort)) != 0)
        {
            sum += Take<TMode, ushort>(ref data, ref destination, at);
            at += sizeof(ushort);
        }

        if ((end & 1) != 0)
        {
            byte last = Take<TMode, byte>(ref data, ref destination, at);
            sum += BitConverter.IsLittleEndian ? last : (uint)last << 8;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Take<TMode, T>(ref byte data, ref byte destination, nuint at)
    {
        T value = Unsafe.ReadUnaligned<T>(ref Unsafe.AddByteOffset(ref data, at));
        if (typeof(TMode) == typeof(Copying))
        {
            Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref destination, at), value);
        }

        return value;
    }

    private readonly struct Reading;

    private readonly struct Copying;
}
