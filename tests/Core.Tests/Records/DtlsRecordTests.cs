namespace FifoDtls.Tests;

[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class DtlsRecordTests
{
    private static byte[] Good(byte type = DtlsRecord.ApplicationData, ushort epoch = 1, int size = 20) => Tests.Records.Make(type, epoch, 5, new byte[size]);

    private static IEnumerable<TestCaseData> GoodRecords()
    {
        yield return Case("application data", Good());
        yield return Case("an empty fragment", Good(size: 0));
        yield return Case("the largest fragment", Good(size: DtlsRecord.MaxFragmentSize));
        yield return Case("a ChangeCipherSpec in the clear", Good(DtlsRecord.ChangeCipherSpec, epoch: 0, size: 1));
        yield return Case("an alert in the clear", Good(DtlsRecord.Alert, epoch: 0, size: 2));
        yield return Case("a handshake record in the clear", Good(DtlsRecord.Handshake, epoch: 0));
        yield return Case("an encrypted handshake record", Good(DtlsRecord.Handshake));
        yield return Case("the version of DTLS 1.0, which a ClientHello may have", Tests.Records.Make(DtlsRecord.Handshake, 0, 0, new byte[50], 0xFEFF));
    }

    private static IEnumerable<TestCaseData> BadRecords()
    {
        yield return Case("nothing", []);
        yield return Case("one byte", [DtlsRecord.ApplicationData]);
        yield return Case("a header short of one byte", Good(size: 0)[..^1]);
        yield return Case("a fragment short of one byte", Good()[..^1]);
        yield return Case("a fragment that is missing", Good()[..DtlsRecord.HeaderSize]);
        yield return Case("type 19", Good(type: 19));
        yield return Case("type 24", Good(type: 24));
        yield return Case("type 0", Good(type: 0));
        yield return Case("version 3.3 of TLS", Tests.Records.Make(DtlsRecord.Handshake, 0, 0, new byte[20], 0x0303));
        yield return Case("version FEFE, which never was", Tests.Records.Make(DtlsRecord.Handshake, 0, 0, new byte[20], 0xFEFE));
        yield return Case("version FEFC of DTLS 1.3", Tests.Records.Make(DtlsRecord.Handshake, 0, 0, new byte[20], 0xFEFC));
        yield return Case("application data in the clear", Good(epoch: 0));
        yield return Case("a fragment over the limit", Good(size: DtlsRecord.MaxFragmentSize + 1));
    }

    private static TestCaseData Case(string name, byte[] datagram) => new TestCaseData(datagram).SetArgDisplayNames(name);

    [TestCaseSource(nameof(GoodRecords))]
    public void A_good_record_is_plausible_as_a_whole(byte[] datagram) =>
        Assert.That(DtlsRecord.PlausibleLength(datagram), Is.EqualTo(datagram.Length));

    [TestCaseSource(nameof(BadRecords))]
    public void A_bad_record_is_not_plausible(byte[] datagram) => Assert.That(DtlsRecord.PlausibleLength(datagram), Is.Zero);

    [TestCaseSource(nameof(BadRecords))]
    public void A_bad_record_after_good_ones_is_cut_off(byte[] bad)
    {
        byte[] good = [.. Good(DtlsRecord.Handshake, epoch: 0), .. Good(), .. Good(size: 1)];
        Assert.That(DtlsRecord.PlausibleLength([.. good, .. bad]), Is.EqualTo(good.Length));
        Assert.That(DtlsRecord.PlausibleLength([.. new byte[13], .. good]), Is.Zero, "nothing after a bad record counts");
    }

    [Test]
    public void The_header_is_read_where_RFC_6347_puts_its_fields()
    {
        byte[] record = Tests.Records.Make(DtlsRecord.Alert, 0x1234, 0x56789ABCDEF0, new byte[300]);
        Assert.That(DtlsRecord.ContentType(record), Is.EqualTo(DtlsRecord.Alert));
        Assert.That(DtlsRecord.Epoch(record), Is.EqualTo(0x1234));
        Assert.That(DtlsRecord.FragmentSize(record), Is.EqualTo(300));
    }

    [Test]
    public void Any_bytes_yield_a_prefix_of_whole_records()
    {
        Random random = new(Seed.Next());
        for (int round = 0; round < 100_000; round++)
        {
            byte[] datagram = RandomDatagram(random);
            int length = DtlsRecord.PlausibleLength(datagram);
            Assert.That(length, Is.InRange(0, datagram.Length));
            int position = 0;
            while (position < length)
            {
                position += DtlsRecord.HeaderSize + DtlsRecord.FragmentSize(datagram.AsSpan(position));
            }

            Assert.That(position, Is.EqualTo(length), Convert.ToHexString(datagram));
        }
    }

    // Records that are mostly right: pure noise hardly ever gets past the first byte.
    private static byte[] RandomDatagram(Random random)
    {
        List<byte> datagram = [];
        for (int records = random.Next(5); records > 0; records--)
        {
            byte[] fragment = new byte[random.Next(40)];
            random.NextBytes(fragment);
            datagram.AddRange(Tests.Records.Make((byte)random.Next(19, 26), (ushort)random.Next(3), random.NextInt64(1L << 48), fragment, (ushort)random.Next(0xFEFC, 0xFF00)));
        }

        byte[] bytes = [.. datagram];
        for (int flips = random.Next(3); flips > 0 && bytes.Length > 0; flips--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes[..random.Next(bytes.Length + 1)];
    }
}
