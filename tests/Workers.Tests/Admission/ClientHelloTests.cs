namespace FifoDtls.Tests;

public sealed class ClientHelloTests
{
    [Test]
    public void TryParse_finds_the_parts_that_admission_needs()
    {
        var builder = new HelloBuilder { Session = [7, 8, 9], Cookie = [1, 2, 3, 4], MessageSequence = 1, RecordSequence = 0x010203040506, Extensions = [0, 0] };
        byte[] datagram = builder.Build();

        Assert.That(ClientHello.TryParse(datagram, out ClientHello hello), Is.True);
        Assert.That(hello.Random.ToArray(), Is.EqualTo(builder.Random));
        Assert.That(hello.Cookie.ToArray(), Is.EqualTo(builder.Cookie));
        Assert.That(hello.MessageSequence, Is.EqualTo(1));
        Assert.That(hello.RecordSequence.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(hello.VersionToSession.ToArray(), Is.EqualTo(new byte[] { 0xFE, 0xFD }.Concat(builder.Random).Concat(new byte[] { 3, 7, 8, 9 })));
        Assert.That(hello.SuitesToCompression.ToArray(), Is.EqualTo(new byte[] { 0, 2, 0xC0, 0x2B, 1, 0 }));
    }

    [Test]
    public void TryParse_refuses_a_ClientHello_cut_at_any_length()
    {
        byte[] whole = new HelloBuilder { Session = new byte[32], Cookie = new byte[32], Extensions = [0, 0] }.Build();
        for (int length = 0; length < whole.Length; length++)
        {
            // On the heap and exactly as long, so that a step over the end throws.
            Assert.That(ClientHello.TryParse(whole.AsSpan(0, length).ToArray(), out _), Is.False, $"{length} of {whole.Length} bytes");
        }

        Assert.That(ClientHello.TryParse(whole, out _), Is.True);
    }

    [Test]
    public void TryParse_refuses_a_message_that_is_cut_inside_its_vectors()
    {
        // The lengths of record and message agree with what is there; those of the vectors do not.
        byte[] whole = new HelloBuilder { Session = new byte[32], Cookie = new byte[32] }.Build();
        for (int cut = 1; cut <= whole.Length - 25; cut++)
        {
            Assert.That(ClientHello.TryParse(Shortened(whole, cut), out _), Is.False, $"cut by {cut}");
        }
    }

    [Test]
    public void TryParse_refuses_a_fragment()
    {
        byte[] hello = new HelloBuilder().Build();
        hello[16]++; // the message is longer than its only fragment

        Assert.That(ClientHello.Begins(hello), Is.True);
        Assert.That(ClientHello.TryParse(hello, out _), Is.False);
    }

    [TestCase(0, 23, TestName = "Begins_refuses_another_content_type")]
    [TestCase(4, 1, TestName = "Begins_refuses_another_epoch")]
    [TestCase(13, 2, TestName = "Begins_refuses_another_message")]
    public void Begins_refuses(int at, byte value)
    {
        byte[] hello = new HelloBuilder().Build();
        hello[at] = value;

        Assert.That(ClientHello.Begins(hello), Is.False);
        Assert.That(ClientHello.TryParse(hello, out _), Is.False);
    }

    [Test]
    public void TryParse_throws_at_no_mutation([Values(1, 2, 3)] int _)
    {
        int seed = Environment.TickCount ^ Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int parsed = 0;
        for (int round = 0; round < 200_000; round++)
        {
            byte[] datagram = Mutated(random);
            if (ClientHello.TryParse(datagram, out ClientHello hello))
            {
                parsed++;
                Assert.That(hello.Random.Length, Is.EqualTo(ClientHello.RandomSize));
            }
        }

        TestContext.Out.WriteLine($"{parsed} were still ClientHellos");
        Assert.That(parsed, Is.GreaterThan(0));
    }

    private static byte[] Mutated(Random random)
    {
        byte[] datagram = new HelloBuilder
        {
            Session = new byte[random.Next(33)],
            Cookie = new byte[random.Next(256)],
            Suites = new byte[2 * random.Next(1, 40)],
            Extensions = new byte[random.Next(60)],
        }.Build();
        for (int flips = random.Next(6); flips > 0; flips--)
        {
            // Half of them in the headers and lengths, where they matter.
            datagram[random.Next(random.Next(2) == 0 ? datagram.Length : 60)] = (byte)random.Next(256);
        }

        return random.Next(4) == 0 ? datagram[..random.Next(datagram.Length + 1)] : datagram;
    }

    private static byte[] Shortened(byte[] whole, int cut)
    {
        byte[] datagram = whole[..^cut];
        int message = datagram.Length - 25;
        (datagram[11], datagram[12]) = ((byte)((message + 12) >> 8), (byte)(message + 12));
        (datagram[15], datagram[16]) = ((byte)(message >> 8), (byte)message);
        (datagram[23], datagram[24]) = ((byte)(message >> 8), (byte)message);
        return datagram;
    }
}
