using System.Buffers;

namespace FifoVpn.Node;

/// <summary>
/// What the session of a link receives into: room for one payload while the link is quiet, for many while packets come, so that links that carry nothing cost little. For one thread.
/// </summary>
internal sealed class ReceiveBuffer : IDisposable
{
    // The largest plaintext of a record (RFC 5246 §6.2.1): whatever a peer sends, it fits.
    private const int MaxPayload = 16_384;

    // As much as libssl is asked for under one lock, and the room that a further payload must find.
    private const int BusySize = 64 * 1024 + MaxPayload;
    private const int BusyPayloads = 64;

    private readonly byte[] _quiet = GC.AllocateUninitializedArray<byte>(MaxPayload);
    private readonly int[] _lengths = new int[BusyPayloads];
    private byte[]? _busy;

    public Span<byte> Bytes => _busy ?? _quiet;

    public Span<int> Lengths => _lengths.AsSpan(0, _busy is null ? 1 : BusyPayloads);

    /// <summary>More may come: the next call has room for it.</summary>
    public void Widen() => _busy ??= ArrayPool<byte>.Shared.Rent(BusySize);

    /// <summary>Nothing has come for a while.</summary>
    public void Narrow()
    {
        if (_busy is { } busy)
        {
            _busy = null;
            ArrayPool<byte>.Shared.Return(busy);
        }
    }

    public void Dispose() => Narrow();
}
