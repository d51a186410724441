namespace FifoDtls.Tests;

/// <summary>Cuts a datagram with a whole ClientHello into datagrams with fragments of it (RFC 6347 §4.2.3), independently of the code under test.</summary>
internal static class HelloSplitter
{
    internal const int HeadersSize = 25;

    /// <summary>Whether a datagram is one record with a whole ClientHello.</summary>
    internal static bool IsHello(byte[] datagram) => datagram.Length > HeadersSize && datagram[0] == 22 && datagram[13] == 1;

    /// <summary>The fragment with <paramref name="length"/> bytes of the message's body from <paramref name="offset"/>.</summary>
    internal static byte[] Fragment(byte[] whole, int offset, int length)
    {
        byte[] fragment = [.. whole.AsSpan(0, HeadersSize), .. whole.AsSpan(HeadersSize + offset, length)];
        (fragment[11], fragment[12]) = ((byte)((length + 12) >> 8), (byte)(length + 12));
        (fragment[19], fragment[20], fragment[21]) = ((byte)(offset >> 16), (byte)(offset >> 8), (byte)offset);
        (fragment[22], fragment[23], fragment[24]) = ((byte)(length >> 16), (byte)(length >> 8), (byte)length);
        return fragment;
    }

    /// <summary>Cuts it into fragments: the first with as many bytes as given, the others of the same size but for one.</summary>
    internal static byte[][] Split(byte[] whole, int first, int count)
    {
        int body = whole.Length - HeadersSize;
        var fragments = new byte[count][];
        fragments[0] = Fragment(whole, 0, first);
        int at = first;
        for (int i = 1; i < count; i++)
        {
            int length = i == count - 1 ? body - at : (body - first) / (count - 1);
            fragments[i] = Fragment(whole, at, length);
            at += length;
        }

        return fragments;
    }

    /// <summary>All orders of some things.</summary>
    internal static IEnumerable<T[]> Permutations<T>(T[] items)
    {
        if (items.Length <= 1)
        {
            yield return items;
            yield break;
        }

        for (int i = 0; i < items.Length; i++)
        {
            foreach (T[] rest in Permutations<T>([.. items.AsSpan(0, i), .. items.AsSpan(i + 1)]))
            {
                yield return [items[i], .. rest];
            }
        }
    }
}
