namespace FifoDtls;

internal sealed unsafe partial class FifoBio
{
    // When libssl puts an encrypted Finished behind other records, it leaves no room for the nonce and the tag of an AEAD suite, and the datagram is up to 24 bytes too large.
    // Such a datagram is sent as two: each record may stand in a datagram of its own (RFC 6347 §4.1.1).
    private int Write(ReadOnlySpan<byte> datagram)
    {
        ReadOnlySpan<byte> rest = datagram;
        while (rest.Length > Mtu && DtlsRecord.LengthWithin(rest, Mtu) is > 0 and int fitting)
        {
            SendDatagram(rest[..fitting]);
            rest = rest[fitting..];
        }

        SendDatagram(rest);
        return datagram.Length;
    }

    private void SendDatagram(ReadOnlySpan<byte> datagram)
    {
        NoteFlightSize(datagram.Length);
        NoteNumberWithCookie(datagram);
        if (_batch is { } batch)
        {
            Collect(batch, datagram);
        }
        else
        {
            _transport.Send(datagram);
        }

        Counters.DatagramsSent++;
    }
}
