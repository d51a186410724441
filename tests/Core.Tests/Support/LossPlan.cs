using System.Buffers.Binary;

namespace FifoDtls.Tests;

/// <summary>
/// Loses the n-th datagram of one direction, and, if told so, also the first datagram after it that repeats some of what was
/// lost. Used by the sending thread only.
/// </summary>
internal sealed class LossPlan(int lost, bool withRetransmission)
{
    private readonly List<(byte Type, ushort Epoch, int Message, int From, int To)> _lostParts = [];

    /// <summary>How many datagrams were lost.</summary>
    internal int Lost { get; private set; }

    internal void Intercept(int number, ReadOnlySpan<byte> datagram, DatagramSender deliver)
    {
        if (number == lost)
        {
            foreach (byte[] record in Records.Split(datagram))
            {
                _lostParts.Add(Describe(record));
            }

            Lost++;
        }
        else if (withRetransmission && Lost == 1 && Repeats(datagram))
        {
            Lost++;
        }
        else
        {
            deliver(datagram);
        }
    }

    private bool Repeats(ReadOnlySpan<byte> datagram) =>
        Records.Split(datagram).Select(Describe).Any(part => _lostParts.Any(lostPart =>
            part.Type == lostPart.Type && part.Epoch == lostPart.Epoch && part.Message == lostPart.Message
            && part.From <= lostPart.To && lostPart.From <= part.To));

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
