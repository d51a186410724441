namespace FifoDtls.Tests;

/// <summary>The kinds of datagrams that must not end a handshake at any of its positions.</summary>
internal static class Forgeries
{
    private static readonly byte[] LevelsAndMore = [0, 3, 255];
    private static readonly byte[] TypesFromClient = [1, 11, 15, 16];
    private static readonly byte[] TypesFromServer = [2, 3, 4, 11, 12, 13, 14, 22];

    internal static IEnumerable<Forgery> All => [.. OfRecords, .. OfGenuineDatagrams, .. OfAlerts, .. OfMessages];

    private static Forgery[] OfRecords =>
    [
        new("garbage", at => [[], [22], [.. Enumerable.Repeat((byte)0xA5, 200)], Noise(at, 13), Noise(at, 100), Noise(at, 1400)]),
        new("records of length 0", at => [.. AllTypes.Select(type => at.Clear(type)), .. AllTypes.Select(type => Records.Make(type, 1, 0, []))]),
        new("records that are too long", at => [.. AllTypes.SelectMany(type => (byte[][])[Records.Make(type, 0, 9, new byte[18_433]), Records.Make(type, 1, 9, new byte[18_433])])]),
        new("unknown content types", at => [at.Clear(0, 1), at.Clear(19, 1), at.Clear(24, 1, 2, 3), at.Clear(26, new byte[20]), at.Clear(255, 1)]),
        new("wrong versions", at => [.. new ushort[] { 0xFEFE, 0xFEFC, 0xFEFB, 0x0303, 0x0100, 0 }.SelectMany(version => AllTypes.Select(type => Records.Make(type, 0, 9, new byte[14], version)))]),
        new("records that nobody has keys for", at =>
            [.. new ushort[] { 1, 2, 3, 65_535 }.SelectMany(epoch => AllTypes.SelectMany(type => new long[] { 0, 1, 5, (1L << 48) - 1 }.Select(number => Records.Make(type, epoch, number, Noise(at, 40)))))]),
        new("very many records that nobody has keys for", at => Enumerable.Range(0, 300).Select(number => Records.Make(DtlsRecord.Handshake, 1, number, new byte[40]))),
        new("records with the highest number", at => OwnTypes(at).Select(type => Highest(at.Message(type, 60_000, new byte[4]))).Append(Highest(at.Clear(DtlsRecord.ChangeCipherSpec, 1)))),
        new("records too short for a MAC", at => [.. AllTypes.Select(type => Records.Make(type, 1, 3, [1, 2, 3]))]),
        new("application data in the clear", at => [at.Clear(DtlsRecord.ApplicationData, 1, 2, 3)]),
        new("a ChangeCipherSpec that is early", at => [at.Clear(DtlsRecord.ChangeCipherSpec, 1)]),
        new("a malformed ChangeCipherSpec", at => [at.Clear(DtlsRecord.ChangeCipherSpec), at.Clear(DtlsRecord.ChangeCipherSpec, 0), at.Clear(DtlsRecord.ChangeCipherSpec, 1, 1)]),
    ];

    private static Forgery[] OfGenuineDatagrams =>
    [
        new("replays", at => at.Earlier),
        new("replays with other record numbers", at => at.Earlier.Select(earlier => Renumbered(earlier))),
        new("cut off in the header", at => Enumerable.Range(0, 13).Select(length => at.Next[..length])),
        new("cut off in the body", at => [at.Next[..^1], at.Next[..(DtlsRecord.HeaderSize + 1)], at.Next[..(DtlsRecord.HeaderSize + (at.Next.Length - DtlsRecord.HeaderSize) / 2)]]),
        new("of another epoch", at => [WithEpoch(at.Next, 1), WithEpoch(at.Next, 2), WithEpoch(at.Next, 65_535)]),
        new("with another version", at => [With(at.Next, 1, 3), With(at.Next, 2, 0xFE), With(at.Next, 2, 3)]),
        new("twice", at => [at.Next, at.Next]),
    ];

    private static Forgery[] OfAlerts =>
    [
        new("a fatal alert", at => [at.Clear(DtlsRecord.Alert, 2, (byte)DtlsAlert.HandshakeFailure)]),
        new("all fatal alerts", at => [.. Enum.GetValues<DtlsAlert>().Select(alert => at.Clear(DtlsRecord.Alert, 2, (byte)alert))]),
        new("all warnings", at => [.. Enum.GetValues<DtlsAlert>().Select(alert => at.Clear(DtlsRecord.Alert, 1, (byte)alert))]),
        new("a close_notify", at => [at.Clear(DtlsRecord.Alert, 1, 0)]),
        new("malformed alerts", at =>
            [at.Clear(DtlsRecord.Alert, 2), at.Clear(DtlsRecord.Alert, 2, 40, 0), at.Clear(DtlsRecord.Alert, 2, 40, 2, 40), .. LevelsAndMore.Select(level => at.Clear(DtlsRecord.Alert, level, 40))]),
        new("an alert before the genuine records of the datagram", at => [[.. at.Clear(DtlsRecord.Alert, 2, 40), .. at.Next]]),
        new("an alert behind the genuine records of the datagram", at => [[.. at.Next, .. at.Clear(DtlsRecord.Alert, 2, 40)]]),
    ];

    private static Forgery[] OfMessages =>
    [
        new("a HelloRequest", at => [at.Message(0, at.MessageSequence, []), at.Message(0, 0, [])]),
        new("a HelloRequest with a body", at => [at.Message(0, at.MessageSequence, [1, 2, 3]), at.Message(0, at.MessageSequence, [], length: 7)]),
        new("messages that are for the other side", at => OtherTypes(at).SelectMany(type => Sequences(at).Select(sequence => at.Message(type, sequence, new byte[40])))),
        new("messages of the past", at => Enumerable.Range(0, at.MessageSequence).SelectMany(sequence => OwnTypes(at).Select(type => at.Message(type, sequence, new byte[40])))),
        new("messages of a far future", at =>
            new[] { at.MessageSequence + 50, at.MessageSequence + 1_000, 65_535 }.SelectMany(sequence => OwnTypes(at).Select(type => at.Message(type, sequence, new byte[40])))),
        new("fragments that end after the message", at => Everywhere(at, (type, sequence) => at.Message(type, sequence, new byte[40], length: 20))),
        new("fragments that begin after the message", at => Everywhere(at, (type, sequence) => at.Message(type, sequence, new byte[10], length: 20, offset: 11))),
        new("fragments larger than the record", at => Everywhere(at, (type, sequence) => at.Message(type, sequence, new byte[20], length: 100, size: 21))),
        new("fragments smaller than the record", at => Everywhere(at, (type, sequence) => at.Message(type, sequence, new byte[20], length: 15, size: 15))),
        new("fragments of nothing", at => Everywhere(at, (type, sequence) => at.Message(type, sequence, [], length: 100))),
        new("enormous lengths", at => Everywhere(at, (type, sequence) => at.Message(type, sequence, new byte[20], length: 0xFFFFFF, size: 20))),
        new("enormous offsets", at => Everywhere(at, (type, sequence) => at.Message(type, sequence, new byte[20], length: 0xFFFFFF, offset: 0xFFFFFE, size: 20))),
        new("message headers that are cut off", at => Enumerable.Range(1, 11).Select(length => at.Clear(DtlsRecord.Handshake, new byte[length]))),
    ];

    private static IEnumerable<byte> AllTypes => [DtlsRecord.ChangeCipherSpec, DtlsRecord.Alert, DtlsRecord.Handshake, DtlsRecord.ApplicationData];

    private static IEnumerable<byte> OwnTypes(ForgeryPosition at) => at.Receiver == DtlsRole.Server ? TypesFromClient : TypesFromServer;

    // A client's first ClientHello is no such thing: libssl tells by an alert that both sides play the client.
    private static IEnumerable<byte> OtherTypes(ForgeryPosition at) =>
        Enumerable.Range(0, 256).Select(type => (byte)type).Where(type => !OwnTypes(at).Contains(type) && (at.Receiver == DtlsRole.Server || type != 1 || at.MessageSequence > 0));

    private static int[] Sequences(ForgeryPosition at) => [at.MessageSequence, at.MessageSequence + 1, at.MessageSequence + 9];

    private static IEnumerable<byte[]> Everywhere(ForgeryPosition at, Func<byte, int, byte[]> make) =>
        OwnTypes(at).SelectMany(type => Sequences(at).Select(sequence => make(type, sequence)));

    private static byte[] Noise(ForgeryPosition at, int size)
    {
        byte[] noise = new byte[size];
        at.Random.NextBytes(noise);
        return noise;
    }

    private static byte[] With(byte[] datagram, int index, byte value)
    {
        byte[] copy = [.. datagram];
        copy[index] = value;
        return copy;
    }

    private static byte[] WithEpoch(byte[] datagram, ushort epoch) => With(With(datagram, 3, (byte)(epoch >> 8)), 4, (byte)epoch);

    private static byte[] Highest(byte[] record)
    {
        record.AsSpan(5, 6).Fill(0xFF);
        return record;
    }

    private static byte[] Renumbered(byte[] datagram) =>
        [.. Records.Split(datagram).SelectMany((record, index) => With(With(record, 9, 0x20), 10, (byte)index))];
}
