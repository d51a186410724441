using System.Security.Cryptography;

namespace FifoDtls;

/// <summary>The key of one rotation: what names it in a ticket, what encrypts and what authenticates (RFC 5077 §4).</summary>
internal sealed class TicketKey
{
    internal const int NameSize = 16;
    internal const int CipherKeySize = 32; // AES-256
    internal const int MacKeySize = 32;
    internal const int Size = NameSize + CipherKeySize + MacKeySize;

    // Pinned, so that the collector leaves no copies that can't be cleared.
    private readonly byte[] _bytes = GC.AllocateArray<byte>(Size, pinned: true);

    internal Span<byte> Bytes => _bytes;

    /// <summary>Public: it stands in clear in each ticket.</summary>
    internal ReadOnlySpan<byte> Name => _bytes.AsSpan(0, NameSize);

    internal void Clear() => CryptographicOperations.ZeroMemory(_bytes);
}
