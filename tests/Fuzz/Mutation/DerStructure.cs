namespace FifoDtls.Fuzz;

/// <summary>Changes to one element of DER (X.690 §8.1), with or without the lengths around it made right again.</summary>
internal static class DerStructure
{
    private const int MaxDepth = 24;

    private static readonly byte[] Tags = [1, 2, 3, 4, 5, 6, 10, 12, 19, 22, 23, 24, 0x30, 0x31, 0x80, 0x82, 0x86, 0x87, 0xA0, 0xA3, 0x1F];

    internal static void Change(MutationBuffer buffer, FuzzRandom random)
    {
        Span<int> path = stackalloc int[MaxDepth];
        int depth = Walk(buffer.Bytes, random, path);
        if (depth == 0)
        {
            return;
        }

        int at = path[depth - 1];
        if (!TryRead(buffer.Bytes, at, out int content, out int length))
        {
            return;
        }

        int before = buffer.Length;
        switch (random.Below(7))
        {
            case 0:
                buffer.Write(at, 1, Tags[random.Below(Tags.Length)]);
                return;
            case 1:
                Mutator.SetNumber(buffer, random, at + 1, content - at - 1);
                return;
            case 2:
                buffer.Delete(at, content - at + length);
                break;
            case 3:
                buffer.Insert(at, buffer.Bytes.Slice(at, content - at + length));
                break;
            case 4:
                buffer.Delete(content, 1 + random.Below(length));
                break;
            case 5:
                buffer.Open(content + random.Below(length + 1), 1 + random.Below(9));
                break;
            default:
                buffer.Write(content + random.Below(length), 1, random.Next());
                return;
        }

        // The lengths of what stands around it, and its own unless the whole element came or went.
        int grown = buffer.Length - before;
        for (int i = 0; i < depth && grown != 0; i++)
        {
            if (path[i] != at && TryRead(buffer.Bytes, path[i], out int inner, out int size))
            {
                WriteLength(buffer, path[i], inner, size + grown);
            }
        }
    }

    // From the outermost element into one of its own, and so on, to a depth that chance decides.
    private static int Walk(ReadOnlySpan<byte> der, FuzzRandom random, Span<int> path)
    {
        int depth = 0;
        int at = 0;
        while (depth < path.Length && TryRead(der, at, out int content, out int length))
        {
            path[depth++] = at;
            bool holdsMore = (der[at] & 0x20) != 0 || (der[at] == 4 && length > 2 && der[content] == 0x30);
            if (!holdsMore || length == 0 || random.OneIn(6))
            {
                break;
            }

            at = content;
            for (int skip = random.Below(6); skip > 0 && TryRead(der, at, out int next, out int size) && next + size < content + length; skip--)
            {
                at = next + size;
            }
        }

        return depth;
    }

    private static bool TryRead(ReadOnlySpan<byte> der, int at, out int content, out int length)
    {
        content = at + 2;
        length = 0;
        if (at < 0 || content > der.Length)
        {
            return false;
        }

        length = der[at + 1];
        if (length >= 0x80)
        {
            int bytes = length & 0x7F;
            content += bytes;
            if (bytes is < 1 or > 3 || content > der.Length)
            {
                return false;
            }

            length = 0;
            for (int i = 0; i < bytes; i++)
            {
                length = (length << 8) | der[at + 2 + i];
            }
        }

        return content + length <= der.Length;
    }

    private static void WriteLength(MutationBuffer buffer, int at, int content, int length)
    {
        int bytes = content - at - 2;
        if (bytes == 0 && length < 0x80)
        {
            buffer.Write(at + 1, 1, (ulong)Math.Max(length, 0));
        }
        else if (bytes > 0)
        {
            buffer.Write(at + 2, bytes, (ulong)Math.Max(length, 0));
        }
    }
}
