using System.Net;

namespace FifoDtls;

/// <summary>
/// One datagram as the socket gave it: the reader's own buffer and the source's address, both overwritten by the next batch. Who wants to keep a datagram copies it;
/// so a datagram from an unknown source leaves nothing behind.
/// </summary>
internal sealed class ReceivedDatagram(SocketAddress source)
{
    internal byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(DatagramPool.LargeSize, pinned: true);

    internal SocketAddress Source { get; } = source;

    internal int Length { get; set; }

    internal ReadOnlySpan<byte> Datagram => Buffer.AsSpan(0, Length);
}
