namespace FifoDtls.Tests;

[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class PlaintextRecordTests
{
    private const DtlsRole Client = DtlsRole.Client;
    private const DtlsRole Server = DtlsRole.Server;

    [TestCase(Server, new byte[] { 1, 11, 15, 16 }), TestCase(Client, new byte[] { 1, 2, 3, 4, 11, 12, 13, 14, 22 })]
    public void Of_all_message_types_those_pass_that_come_in_the_clear_to_the_role(DtlsRole receiver, byte[] types) =>
        Assert.That(Enumerable.Range(0, 256).Select(type => (byte)type).Where(type => Judge(receiver, Message(type, 0, new byte[5])) == PlaintextVerdict.Pass), Is.EqualTo(types));

    [TestCase(0, PlaintextVerdict.Pass), TestCase(1, PlaintextVerdict.Drop), TestCase(65_535, PlaintextVerdict.Drop)]
    public void Only_a_first_ClientHello_tells_a_client_of_another_client(int sequence, PlaintextVerdict expected)
    {
        Assert.That(Judge(Client, Message(1, sequence, new byte[50])), Is.EqualTo(expected));
        Assert.That(Judge(Server, Message(1, sequence, new byte[50])), Is.EqualTo(PlaintextVerdict.Pass));
    }

    [TestCase(0, 0, 0, 0, true), TestCase(20, 0, 20, 20, true), TestCase(20, 5, 15, 15, true), TestCase(102_400, 102_300, 100, 100, true), TestCase(20, 0, 1, 1, true)]
    [TestCase(20, 6, 15, 15, false), TestCase(20, 0, 21, 21, false), TestCase(20, 0, 15, 14, false), TestCase(20, 0, 15, 16, false), TestCase(20, 0, 0, 0, false), TestCase(20, 20, 0, 0, false)]
    [TestCase(102_401, 0, 100, 100, false), TestCase(0xFFFFFF, 0, 100, 100, false), TestCase(0xFFFFFF, 0xFFFFFF, 0xFFFFFF, 100, false)]
    public void A_fragment_must_lie_within_its_message_and_its_record(int length, int offset, int size, int present, bool passes) =>
        Assert.That(Judge(Client, Message(11, 3, new byte[present], length, offset, size)), Is.EqualTo(passes ? PlaintextVerdict.Pass : PlaintextVerdict.Drop));

    [Test]
    public void A_record_of_several_messages_passes_if_all_are_well_formed()
    {
        byte[] first = Message(14, 4, []);
        byte[] second = Message(11, 3, new byte[30]);
        byte[] bad = Message(11, 3, new byte[30], size: 29);
        Assert.That(Judge(Client, [.. second, .. first]), Is.EqualTo(PlaintextVerdict.Pass));
        Assert.That(Judge(Client, [.. second, .. first, 0]), Is.EqualTo(PlaintextVerdict.Drop));
        Assert.That(Judge(Client, [.. first, .. bad]), Is.EqualTo(PlaintextVerdict.Drop));
        Assert.That(Judge(Client, []), Is.EqualTo(PlaintextVerdict.Drop));
        Assert.That(Judge(Client, new byte[11]), Is.EqualTo(PlaintextVerdict.Drop));
    }

    [TestCase(new byte[] { 2, 40 }, PlaintextVerdict.HoldBack), TestCase(new byte[] { 2, 0 }, PlaintextVerdict.HoldBack), TestCase(new byte[] { 1, 0 }, PlaintextVerdict.HoldBack)]
    [TestCase(new byte[] { 1, 90 }, PlaintextVerdict.Drop), TestCase(new byte[] { 1, 112 }, PlaintextVerdict.Drop), TestCase(new byte[] { 3, 40 }, PlaintextVerdict.Drop)]
    [TestCase(new byte[] { }, PlaintextVerdict.Drop), TestCase(new byte[] { 2 }, PlaintextVerdict.Drop), TestCase(new byte[] { 2, 40, 0 }, PlaintextVerdict.Drop)]
    public void An_alert_that_would_end_the_handshake_is_held_back(byte[] alert, PlaintextVerdict expected) =>
        Assert.That(PlaintextRecord.Judge(Tests.Records.Make(DtlsRecord.Alert, 0, 7, alert), Client), Is.EqualTo(expected));

    [TestCase(new byte[] { 1 }, PlaintextVerdict.Pass), TestCase(new byte[] { }, PlaintextVerdict.Drop), TestCase(new byte[] { 0 }, PlaintextVerdict.Drop), TestCase(new byte[] { 1, 1 }, PlaintextVerdict.Drop)]
    public void A_ChangeCipherSpec_is_one_byte(byte[] body, PlaintextVerdict expected) =>
        Assert.That(PlaintextRecord.Judge(Tests.Records.Make(DtlsRecord.ChangeCipherSpec, 0, 7, body), Server), Is.EqualTo(expected));

    [Test]
    public void Every_record_of_a_genuine_handshake_passes([Values(256, 512, 1400)] int mtu)
    {
        using DtlsPair pair = DtlsPair.Established(transport: new FifoTransportOptions { MaxDatagramSize = mtu });
        foreach (DtlsRole receiver in (DtlsRole[])[Client, Server])
        {
            byte[][] clear = [.. pair.Link.From(receiver == Client ? Server : Client).Sent.SelectMany(datagram => Tests.Records.Split(datagram)).Where(record => DtlsRecord.Epoch(record) == 0)];
            Assert.That(clear, Has.Length.GreaterThan(4));
            Assert.That(clear.Select(record => PlaintextRecord.Judge(record, receiver)), Has.All.EqualTo(PlaintextVerdict.Pass));
            Assert.That(pair[receiver].Statistics.DatagramsInvalid, Is.Zero);
        }
    }

    [Test]
    public void Any_fragment_is_judged()
    {
        Random random = new(Seed.Next());
        for (int round = 0; round < 100_000; round++)
        {
            byte[] fragment = new byte[random.Next(60)];
            random.NextBytes(fragment);
            fragment.AsSpan(0, Math.Min(fragment.Length, random.Next(13))).Clear();
            byte[] record = Tests.Records.Make((byte)random.Next(20, 24), 0, 7, fragment);
            Assert.That(() => PlaintextRecord.Judge(record, (DtlsRole)random.Next(2)), Throws.Nothing);
        }
    }

    private static PlaintextVerdict Judge(DtlsRole receiver, byte[] messages) => PlaintextRecord.Judge(Tests.Records.Make(DtlsRecord.Handshake, 0, 7, messages), receiver);

    // The fields of RFC 6347 §4.2.2.
    private static byte[] Message(int type, int sequence, byte[] body, int? length = null, int offset = 0, int? size = null)
    {
        int total = length ?? body.Length;
        int part = size ?? body.Length;
        return
        [
            (byte)type, (byte)(total >> 16), (byte)(total >> 8), (byte)total, (byte)(sequence >> 8), (byte)sequence,
            (byte)(offset >> 16), (byte)(offset >> 8), (byte)offset, (byte)(part >> 16), (byte)(part >> 8), (byte)part, .. body,
        ];
    }
}
