using System.Runtime.CompilerServices;

namespace FifoDtls;

// What is kept from libssl while the handshake is in progress: records in the clear that anybody could have sent and that would end it.
internal sealed unsafe partial class FifoBio
{
    // A peer that has sent an alert is silent after it; one that has not goes on within a round trip. A quarter of a second covers almost all round trips, is short for a caller who waits to
    // be told of a failure, and is over before the first repetition of a flight.
    private static readonly TimeSpan LongestGrace = TimeSpan.FromMilliseconds(250);

    private AlertRecord _alert;
    private Deadline _alertDue;
    private bool _holdsAlert;
    private ulong _lastNumber;

    /// <summary>Which side screens what comes; <see langword="null"/> shows libssl all whole records.</summary>
    internal DtlsRole? Role { get; init; }

    /// <summary>Whether libssl sees the record numbers as they come: its listener answers with the ClientHello's (RFC 6347 §4.2.1).</summary>
    internal bool KeepsNumbers { get; set; }

    /// <summary>When the alert that is held back is to be believed.</summary>
    internal Deadline AlertDue => _holdsAlert ? _alertDue : Deadline.Never;

    /// <summary>Lets the next read yield the alert that is held back: nothing more is to be waited for.</summary>
    /// <returns>Whether there is one.</returns>
    internal bool BelieveAlert()
    {
        _alertDue = Deadline.After(TimeSpan.Zero);
        return _holdsAlert;
    }

    /// <summary>Drops the alert that is held back, if there is one: the peer has shown that it did not send it.</summary>
    internal void DisbelieveAlert()
    {
        if (_holdsAlert)
        {
            _holdsAlert = false;
            Counters.CountInvalid();
        }
    }

    /// <summary>Takes out of a datagram of whole records what libssl is not to see, or not yet.</summary>
    /// <returns>The length of what is left, at the datagram's start.</returns>
    private int Screen(Span<byte> datagram)
    {
        if (Role is not { } role)
        {
            return datagram.Length;
        }

        int kept = 0;
        bool dropped = false;
        for (int position = 0; position < datagram.Length;)
        {
            Span<byte> record = datagram.Slice(position, DtlsRecord.HeaderSize + DtlsRecord.FragmentSize(datagram[position..]));
            position += record.Length;
            switch (DtlsRecord.Epoch(record) == 0 ? PlaintextRecord.Judge(record, role) : PlaintextVerdict.Pass)
            {
                case PlaintextVerdict.Pass when role == DtlsRole.Server || !AnswersOther(record):
                    NoteProgress(record);
                    Number(record);
                    record.CopyTo(datagram[kept..]);
                    kept += record.Length;
                    break;
                case PlaintextVerdict.HoldBack when TryHoldBack(record):
                    break;
                default:
                    dropped = true;
                    break;
            }
        }

        if (dropped)
        {
            Counters.CountInvalid();
        }

        return kept;
    }

    // libssl's replay window would follow one forged record's number and then drop all genuine ones that are lower. In the clear the numbers protect nothing and go into no MAC; what comes twice the
    // handshake tells by message_seq.
    private void Number(Span<byte> record)
    {
        if (DtlsRecord.Epoch(record) != 0)
        {
            return;
        }

        if (KeepsNumbers)
        {
            _lastNumber = DtlsRecord.SequenceNumber(record);
        }
        else
        {
            DtlsRecord.SetSequenceNumber(record, ++_lastNumber);
        }
    }

    // Application data is no sign: it may belong to an older association with the same address.
    private void NoteProgress(ReadOnlySpan<byte> record)
    {
        if (DtlsRecord.ContentType(record) is DtlsRecord.Handshake or DtlsRecord.ChangeCipherSpec)
        {
            DisbelieveAlert();
        }
    }

    // An alert answers something: before anything was sent it can't be meant.
    private bool TryHoldBack(ReadOnlySpan<byte> record)
    {
        if (_holdsAlert || Counters.DatagramsSent == 0)
        {
            return false;
        }

        record.CopyTo(_alert);
        TimeSpan firstWait = TimeSpan.FromMicroseconds(Timers.Initial);
        _alertDue = Deadline.After(firstWait < LongestGrace ? firstWait : LongestGrace);
        return _holdsAlert = true;
    }

    /// <summary>Yields the alert that was held back, if it is to be believed by now.</summary>
    /// <returns>Its record's length, or -1.</returns>
    private int TakeDueAlert(Span<byte> buffer)
    {
        if (!AlertDue.HasPassed)
        {
            return -1;
        }

        _holdsAlert = false;
        ((ReadOnlySpan<byte>)_alert).CopyTo(buffer);
        Number(buffer);
        return PlaintextRecord.AlertSize;
    }

    [InlineArray(PlaintextRecord.AlertSize)]
    private struct AlertRecord
    {
        private byte _first;
    }
}
