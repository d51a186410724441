using System.Net;
using FifoVpn.Control;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Control;

/// <summary>Control messages: what is written is read, whatever else comes is refused without harm.</summary>
internal sealed class ControlMessageTests
{
    private const int Rounds = 2_000;

    private Random _random = null!;

    [SetUp]
    public void Seed()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        _random = new Random(seed);
    }

    [Test]
    public void Every_message_is_read_as_it_was_written()
    {
        for (int i = 0; i < Rounds; i++)
        {
            foreach (Sample sample in Samples())
            {
                Assert.That(ControlMessage.Is(sample.Bytes), Is.True);
                Assert.That(ControlMessage.TypeOf(sample.Bytes), Is.EqualTo(sample.Type));
                Assert.That(sample.Bytes.Length, Is.LessThanOrEqualTo(ControlMessage.MaxLength));
                AssertReadAs(sample, sample.Bytes);
            }
        }
    }

    [Test]
    public void What_a_later_version_adds_at_the_end_is_ignored()
    {
        foreach (Sample sample in Samples())
        {
            AssertReadAs(sample, [.. sample.Bytes, 1, 2, 3]);
        }
    }

    [Test]
    public void A_message_that_is_cut_anywhere_is_refused()
    {
        for (int i = 0; i < Rounds / 20; i++)
        {
            foreach (Sample sample in Samples())
            {
                for (int length = 1; length < sample.Bytes.Length; length++)
                {
                    Assert.That(sample.Read(sample.Bytes.AsSpan(0, length)), Is.Null, $"{sample.Type} cut to {length} of {sample.Bytes.Length} bytes");
                }
            }
        }
    }

    [Test]
    public void Random_bytes_are_refused_or_read_and_then_written_within_the_limit()
    {
        Sample[] readers = Samples();
        byte[] buffer = new byte[ControlMessage.MaxLength];
        for (int i = 0; i < 20 * Rounds; i++)
        {
            byte[] bytes = new byte[_random.Next(1, 300)];
            _random.NextBytes(bytes);
            Sample reader = readers[_random.Next(readers.Length)];
            bytes[0] = (byte)reader.Type;
            if (reader.Read(bytes) is { } message)
            {
                AssertReadAs(reader with { Message = message }, reader.Write(message, buffer));
            }
        }
    }

    [Test]
    public void One_changed_byte_never_throws()
    {
        for (int i = 0; i < Rounds; i++)
        {
            foreach (Sample sample in Samples())
            {
                byte[] bytes = [.. sample.Bytes];
                bytes[_random.Next(1, bytes.Length)] = (byte)_random.Next(256);
                Assert.That(() => sample.Read(bytes), Throws.Nothing);
            }
        }
    }

    [TestCase("\u0001a\nb", "?a?b")]
    [TestCase("", "")]
    [TestCase("größe", "größe")]
    public void Control_characters_do_not_reach_the_log(string written, string read)
    {
        ByeMessage bye = new(ByeReason.Idle, written);
        Assert.That(ByeMessage.TryRead(bye.Write(new byte[ControlMessage.MaxLength]), out ByeMessage? back), Is.True);
        Assert.That(back!.Text, Is.EqualTo(read));
    }

    [Test]
    public void A_text_that_is_too_long_is_cut_at_a_character()
    {
        ByeMessage bye = new(ByeReason.Idle, new string('ä', 200)); // two bytes each
        Assert.That(ByeMessage.TryRead(bye.Write(new byte[ControlMessage.MaxLength]), out ByeMessage? back), Is.True);
        Assert.That(back!.Text, Is.EqualTo(new string('ä', 127)));
    }

    [Test]
    public void Reasons_of_later_versions_are_read_as_other()
    {
        Assert.That(ByeMessage.TryRead([(byte)ControlType.Bye, 200, 0], out ByeMessage? bye), Is.True);
        Assert.That(bye!.Reason, Is.EqualTo(ByeReason.Other));
        Assert.That(NotFoundMessage.TryRead([(byte)ControlType.NotFound, 0, 0, 0, 1, 200], out NotFoundMessage? notFound), Is.True);
        Assert.That(notFound!.Reason, Is.EqualTo(FindFailure.Other));
    }

    [Test]
    public void An_endpoint_has_a_port_and_no_scope_and_is_IPv4_when_it_looks_like_it()
    {
        Assert.That(RegisterMessage.TryRead([(byte)ControlType.Register, 1, 4, 10, 0, 0, 1, 0, 0], out _), Is.False, "port 0");
        IPEndPoint[] written = [new(IPAddress.Parse("fe80::1%3"), 5), new(IPAddress.Parse("::ffff:10.0.0.1"), 5)];
        Assert.That(RegisterMessage.TryRead(new RegisterMessage(written).Write(new byte[ControlMessage.MaxLength]), out RegisterMessage? back), Is.True);
        Assert.That(back!.LocalEndPoints, Is.EqualTo(new[] { IPEndPoint.Parse("[fe80::1]:5"), IPEndPoint.Parse("10.0.0.1:5") }));
    }

    [Test]
    public void More_endpoints_than_eight_are_left_out_when_writing_and_refused_when_reading()
    {
        IPEndPoint[] nine = [.. Enumerable.Range(1, 9).Select(i => new IPEndPoint(i, 1))];
        byte[] message = new RegisterMessage(nine).Write(new byte[ControlMessage.MaxLength]).ToArray();
        Assert.That(RegisterMessage.TryRead(message, out RegisterMessage? back), Is.True);
        Assert.That(back!.LocalEndPoints, Is.EqualTo(nine.Take(8)));
        message[1] = 9;
        Assert.That(RegisterMessage.TryRead([.. message, .. new byte[7]], out _), Is.False);
    }

    [Test]
    public void IP_packets_and_nothing_are_no_control_messages()
    {
        Assert.That(ControlMessage.Is([]), Is.False);
        Assert.That(ControlMessage.Is([0x3F]), Is.True);
        for (int first = 0x40; first <= 0xFF; first++)
        {
            Assert.That(ControlMessage.Is([(byte)first]), Is.False);
        }
    }

    [Test]
    public void A_relay_header_keeps_all_but_the_channel_when_that_is_replaced()
    {
        for (int i = 0; i < Rounds; i++)
        {
            RelayHeader header = new(Number(), Number(), _random.Next(2) == 1);
            byte[] message = new byte[RelayHeader.Length + _random.Next(3)];
            header.Write(message);
            Assert.That(RelayHeader.TryRead(message, out RelayHeader back), Is.True);
            Assert.That(back, Is.EqualTo(header));
            uint other = Number();
            RelayHeader.WriteChannel(message, other);
            Assert.That(RelayHeader.TryRead(message, out back), Is.True);
            Assert.That(back, Is.EqualTo(header with { Channel = other }));
        }

        Assert.That(RelayHeader.TryRead(new byte[RelayHeader.Length - 1], out _), Is.False);
    }

    [Test]
    public void A_probe_is_as_long_as_it_says()
    {
        byte[] buffer = new byte[2_000];
        Assert.That(MtuProbe.Write(buffer, 1_400).Length, Is.EqualTo(1_400));
        Assert.That(MtuProbe.TryReadAck(MtuProbe.WriteAck(buffer, 1_400), out int length), Is.True);
        Assert.That(length, Is.EqualTo(1_400));
        Assert.That(MtuProbe.TryReadAck([(byte)ControlType.MtuProbeAck, 1], out _), Is.False);
    }

    private static void AssertReadAs(Sample sample, ReadOnlySpan<byte> bytes)
    {
        object? read = sample.Read(bytes);
        Assert.That(read, Is.Not.Null, sample.Type.ToString());
        // Lists compare by reference in records: by what is written again they compare by value.
        byte[] expected = sample.Write(sample.Message, new byte[ControlMessage.MaxLength]);
        Assert.That(sample.Write(read!, new byte[ControlMessage.MaxLength]), Is.EqualTo(expected), sample.Type.ToString());
    }

    /// <summary>One of each message, with random contents.</summary>
    private Sample[] Samples() =>
    [
        Sample.Of(ControlType.Ping, new EchoMessage((ulong)_random.NextInt64()), (m, b) => m.Write(b, ControlType.Ping), m => EchoMessage.TryRead(m, out EchoMessage r) ? r : null),
        Sample.Of(ControlType.Pong, new EchoMessage(ulong.MaxValue), (m, b) => m.Write(b, ControlType.Pong), m => EchoMessage.TryRead(m, out EchoMessage r) ? r : null),
        Sample.Of(ControlType.Bye, new ByeMessage((ByeReason)_random.Next(7), Text()), (m, b) => m.Write(b), m => ByeMessage.TryRead(m, out ByeMessage? r) ? r : null),
        Sample.Of(ControlType.Register, new RegisterMessage(EndPoints()), (m, b) => m.Write(b), m => RegisterMessage.TryRead(m, out RegisterMessage? r) ? r : null),
        Sample.Of(
            ControlType.Registered, new RegisteredMessage(EndPoint(), _random.Next(2) == 1, TimeSpan.FromMilliseconds(_random.Next(1, int.MaxValue))), (m, b) => m.Write(b), m => RegisteredMessage.TryRead(m, out RegisteredMessage? r) ? r : null),
        Sample.Of(ControlType.Find, FindMessage.Of(Number() | 1, Text()), (m, b) => m.Write(b), m => FindMessage.TryRead(m, out FindMessage? r) ? r : null),
        Sample.Of(ControlType.Find, FindMessage.Of(Number() | 1, Address()), (m, b) => m.Write(b), m => FindMessage.TryRead(m, out FindMessage? r) ? r : null),
        Sample.Of(
            ControlType.Introduction,
            new IntroductionMessage(Number(), Text(), Number(), EndPoint(), EndPoints()),
            (m, b) => m.Write(b),
            m => IntroductionMessage.TryRead(m, out IntroductionMessage? r) ? r : null),
        Sample.Of(
            ControlType.NotFound, new NotFoundMessage(Number(), (FindFailure)_random.Next(5)), (m, b) => m.Write(b), m => NotFoundMessage.TryRead(m, out NotFoundMessage? r) ? r : null),
        Sample.Of(ControlType.RelayClosed, new RelayClosedMessage(Number()), (m, b) => m.Write(b), m => RelayClosedMessage.TryRead(m, out RelayClosedMessage? r) ? r : null),
    ];

    private uint Number() => (uint)_random.NextInt64(1L << 32);

    private string Text() => string.Concat(Enumerable.Range(0, _random.Next(80)).Select(_ => "abc-.ä€x"[_random.Next(8)]));

    private VpnAddress Address() => VpnAddress.FromBytes(AddressBytes());

    private byte[] AddressBytes()
    {
        byte[] bytes = new byte[_random.Next(2) == 0 ? 4 : 16];
        _random.NextBytes(bytes);
        return bytes;
    }

    private IPEndPoint EndPoint() => new(new IPAddress(AddressBytes()), _random.Next(1, 65_536));

    private IPEndPoint[] EndPoints() => [.. Enumerable.Range(0, _random.Next(9)).Select(_ => EndPoint())];
}
