using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoDtls.Tests;

public sealed class HandshakeGateTests
{
    private static readonly TestCaseData[] MinimalHellos =
    [
        new TestCaseData(new HelloBuilder().Build()).SetArgDisplayNames("one suite, no session, no extensions"),
        new TestCaseData(new HelloBuilder { RecordSequence = 0xA1A2A3A4A5A6 }.Build()).SetArgDisplayNames("a record sequence number"),
        new TestCaseData(new HelloBuilder { Session = new byte[32] }.Build()).SetArgDisplayNames("a session"),
        new TestCaseData(new HelloBuilder { Cookie = [1] }.Build()).SetArgDisplayNames("a cookie of one byte"),
        new TestCaseData(new HelloBuilder { Cookie = new byte[32], MessageSequence = 1 }.Build()).SetArgDisplayNames("a wrong cookie"),
        new TestCaseData(new HelloBuilder { Suites = new byte[400], Extensions = new byte[300] }.Build()).SetArgDisplayNames("a large one"),
    ];

    [TestCaseSource(nameof(MinimalHellos)), Watchdog(20)]
    public void The_answer_is_a_wellformed_HelloVerifyRequest_and_not_larger_than_the_request(byte[] request)
    {
        using var world = new GateWorld();

        Assert.That(world.Admits(request), Is.False);
        byte[] reply = world.Answer();

        Assert.That(reply, Has.Length.LessThanOrEqualTo(request.Length));
        Assert.That(reply[0], Is.EqualTo(22), "handshake record");
        Assert.That(reply[1..3], Is.EqualTo(new byte[] { 0xFE, 0xFF }), "DTLS 1.0 whatever is negotiated (RFC 6347 section 4.2.1)");
        Assert.That(reply[3..5], Is.EqualTo(new byte[] { 0, 0 }), "epoch 0");
        Assert.That(reply[5..11], Is.EqualTo(request[5..11]), "the ClientHello's record sequence number");
        Assert.That(BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(11)), Is.EqualTo(reply.Length - 13), "record length");
        Assert.That(reply[13], Is.EqualTo(3), "hello_verify_request");
        int body = reply.Length - 25;
        Assert.That(reply[14..17], Is.EqualTo(new byte[] { 0, 0, (byte)body }), "message length");
        Assert.That(reply[17..22], Is.EqualTo(new byte[5]), "message_seq 0, fragment_offset 0");
        Assert.That(reply[22..25], Is.EqualTo(new byte[] { 0, 0, (byte)body }), "fragment length");
        Assert.That(reply[25..27], Is.EqualTo(new byte[] { 0xFE, 0xFF }), "server_version");
        Assert.That(reply[27], Is.EqualTo(reply.Length - 28), "cookie length");
    }

    [Test, Watchdog(20)]
    public void The_cookie_admits_the_second_ClientHello_alone()
    {
        using var world = new GateWorld();
        var hello = new HelloBuilder();
        world.Admits(hello.Build());
        HelloBuilder second = hello with { Cookie = HelloBuilder.CookieOf(world.Answer()) };

        Assert.That(world.Admits((second with { MessageSequence = 1 }).Build()), Is.True);
        Assert.That(world.Admits((second with { MessageSequence = 0 }).Build()), Is.False, "a first ClientHello proves nothing");
        Assert.That(world.Admits((second with { MessageSequence = 1, Random = new byte[32] }).Build()), Is.False);
    }

    [Test, Watchdog(20)]
    public void Cookies_that_are_not_valid_are_counted()
    {
        using var world = new GateWorld();

        world.Admits(new HelloBuilder().Build());
        world.Admits(new HelloBuilder { Cookie = new byte[32], MessageSequence = 1 }.Build());

        Assert.That(world.Counters.InvalidCookies, Is.EqualTo(1));
        Assert.That(world.Counters.HelloVerifyRequests, Is.EqualTo(2));
    }

    [Test, Watchdog(60), NonParallelizable(/* what is measured must not wait for another test's collections */)]
    public void A_hundred_thousand_unproven_ClientHellos_allocate_nothing()
    {
        using var world = new GateWorld();
        byte[] without = new HelloBuilder().Build();
        byte[] wrong = new HelloBuilder { Cookie = new byte[32], MessageSequence = 1 }.Build();
        byte[] garbage = new byte[100];
        for (int i = 0; i < 1_000; i++)
        {
            world.Admits(without);
            world.Admits(wrong);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50_000; i++)
        {
            world.Admits(without);
            world.Admits(wrong);
            world.Admits(garbage);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Out.WriteLine($"{allocated} bytes");
        Assert.That(allocated, Is.LessThan(4_096));
    }

    /// <summary>A gate on a real socket, and the source that asks it.</summary>
    private sealed class GateWorld : IDisposable
    {
        private readonly UdpSocket _socket = new(TestEndpoints.Loopback, 65_536, 65_536);
        private readonly Socket _source = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly HandshakeGate _gate;
        private readonly SocketAddress _address;

        internal GateWorld()
        {
            _source.Bind(TestEndpoints.Loopback);
            _source.ReceiveTimeout = 10_000;
            _address = ((IPEndPoint)_source.LocalEndPoint!).Serialize();
            _gate = new HandshakeGate(
                _socket,
                new CookieKeys(TimeSpan.FromMinutes(1), TimeProvider.System),
                new TokenBucket(10_000_000, TimeProvider.System),
                Counters,
                new DropReporter(NullLogger.Instance, TimeProvider.System));
        }

        internal EndpointCounters Counters { get; } = new();

        internal bool Admits(byte[] datagram) => ClientHello.TryParse(datagram, out ClientHello hello) && _gate.Admits(hello, _address, out _);

        internal byte[] Answer()
        {
            byte[] buffer = new byte[2_048];
            return buffer[.._source.Receive(buffer)];
        }

        public void Dispose()
        {
            _gate.Dispose();
            _source.Dispose();
            _socket.Dispose();
        }
    }
}
