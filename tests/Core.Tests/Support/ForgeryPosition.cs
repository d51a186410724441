using System.Buffers.Binary;

namespace FifoDtls.Tests;

/// <summary>A position of a handshake, as somebody on the path sees it: what has come to one side, and what is about to.</summary>
/// <param name="Receiver">The side that is attacked.</param>
/// <param name="Earlier">The genuine datagrams before.</param>
/// <param name="Next">The genuine datagram that follows.</param>
/// <param name="Random">The test's.</param>
internal sealed record ForgeryPosition(DtlsRole Receiver, IReadOnlyList<byte[]> Earlier, byte[] Next, Random Random)
{
    /// <summary>The message_seq that is due next: that of the next datagram if it is in the clear, else one more than the last.</summary>
    internal ushort MessageSequence => SequencesOf([Next]).FirstOrDefault((ushort)(SequencesOf(Earlier).LastOrDefault(ushort.MaxValue) + 1));

    /// <summary>A record in the clear, with the version and a sequence number that the receiver expects.</summary>
    internal byte[] Clear(byte type, params ReadOnlySpan<byte> fragment) =>
        Records.Make(type, 0, 0x1000 + Random.Next(0x1000), fragment, BinaryPrimitives.ReadUInt16BigEndian(Next.AsSpan(1)));

    /// <summary>A handshake record in the clear with one message, whose lengths are consistent unless given.</summary>
    internal byte[] Message(byte type, int sequence, ReadOnlySpan<byte> body, int? length = null, int offset = 0, int? size = null)
    {
        int total = length ?? body.Length;
        int part = size ?? body.Length;
        return Clear(
            DtlsRecord.Handshake,
            [
                type, (byte)(total >> 16), (byte)(total >> 8), (byte)total, (byte)(sequence >> 8), (byte)sequence,
                (byte)(offset >> 16), (byte)(offset >> 8), (byte)offset, (byte)(part >> 16), (byte)(part >> 8), (byte)part, .. body,
            ]);
    }

    private static IEnumerable<ushort> SequencesOf(IEnumerable<byte[]> datagrams) =>
        datagrams.SelectMany(datagram => Records.Split(datagram))
            .Where(record => record[0] == DtlsRecord.Handshake && DtlsRecord.Epoch(record) == 0)
            .Select(record => BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(17)));
}
