using System.Buffers.Binary;

namespace FifoDtls.Tests;

/// <summary>
/// Loses the n-th datagram of one direction that repeats nothing of an earlier one, and, if told so, also the first datagram after it that repeats some of what was lost. Repetitions don't count: on a
/// busy machine a flight may be repeated before its answer comes, and the loss of what has arrived before would need no recovery. Used by the sending thread only.
/// </summary>
internal sealed class LossPlan(int lost, bool withRetransmission)
{
    private readonly List<(byte Type, ushort Epoch, int Message, int From, int To)> _sentParts = [];
    private readonly List<(byte Type, ushort Epoch, int Message, int From, int To)> _lostParts = [];
    private int _number;

    /// <summary>How many datagrams were lost.</summary>
    internal int Lost { get; private set; }

    internal void Intercept(int number, ReadOnlySpan<byte> datagram, DatagramSender deliver)
    {
        List<(byte Type, ushort Epoch, int Message, int From, int To)> parts = [.. Records.Split(datagram).Select(Describe)];
        if (!Repeats(parts, _sentParts) && ++_number == lost)
        {
            _lostParts.AddRange(parts);
            Lost++;
        }
        else if (withRetransmission && Lost == 1 && Repeats(parts, _lostParts))
        {
            Lost++;
        }
        else
        {
            deliver(datagram);
        }

        _sentParts.AddRange(parts);
    }

    private static bool Repeats(
        List<(byte Type, ushort Epoch, int Message, int From, int To)> parts, List<(byte Type, ushort Epoch, int Message, int From, int To)> earlier) =>
        parts.Exists(part => earlier.Exists(other =>
            part.Type == other.Type && part.Epoch == other.Epoch && part.Message == other.Message && part.From <= other.To && other.From <= part.To));

    // Which part of which handshake message a record carries (RFC 6347 §4.2.2); what is encrypted shows only its epoch.
    private static (byte Type, ushort Epoch, int Message, int From, int To) Describe(byte[] record)
    {
        ushort epoch = DtlsRecord.Epoch(record);
        if (record[0] != DtlsRecord.Handshake || epoch != 0)
        {
            return (record[0], epoch, 0, 0, 0);
        }

        int message = BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(17));
        int from = (record[19] << 16) | (record[20] << 8) | record[21];
        int size = (record[22] << 16) | (record[23] << 8) | record[24];
        return (record[0], epoch, message, from, from + Math.Max(size - 1, 0));
    }
}
