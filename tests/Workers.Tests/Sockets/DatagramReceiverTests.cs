using System.Net;
using System.Net.Sockets;
using FifoDtls.Interop;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What any receiver must do, by recvmmsg and by the plain call alike.</summary>
[TestFixture(true, TestName = "DatagramReceiver (batches)")]
[TestFixture(false, TestName = "DatagramReceiver (plain)")]
public sealed class DatagramReceiverTests(bool batches)
{
    private const int MaxSize = 2_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [SetUp]
    public void OnlyWhereItExists()
    {
        if (batches && !OperatingSystem.IsLinux())
        {
            Assert.Ignore("recvmmsg is Linux's.");
        }
    }

    [Test, Watchdog(30)]
    public void A_lone_datagram_is_delivered_at_once()
    {
        using UdpSocket socket = Bind();
        using Socket sender = Sender(socket);
        DatagramReceiver receiver = Receiver(socket);
        for (byte i = 0; i < 100; i++)
        {
            BlockingThread<int> received = BlockingThread.Start("receiver", receiver.Receive);
            sender.Send([i, 1, 2]);

            Assert.That(received.Join(Limit), Is.EqualTo(1)); // nothing else comes: a call that waited for more would not return
            Assert.That(receiver.Datagram(0).ToArray(), Is.EqualTo(new byte[] { i, 1, 2 }));
            Assert.That(UdpSocket.ToEndPoint(receiver.Source(0)), Is.EqualTo(sender.LocalEndPoint));
        }
    }

    [Test, Watchdog(30)]
    public void What_has_come_in_is_received_whole_in_order_and_with_its_sources()
    {
        using UdpSocket socket = Bind();
        using Socket odd = Sender(socket);
        using Socket even = Sender(socket);
        DatagramReceiver receiver = Receiver(socket);
        const int datagrams = 100;
        for (int i = 0; i < datagrams; i++)
        {
            (i % 2 == 0 ? even : odd).Send(Payload(i));
        }

        int calls = 0;
        for (int i = 0; i < datagrams; calls++)
        {
            int count = receiver.Receive();
            for (int slot = 0; slot < count; slot++, i++)
            {
                Assert.That(receiver.Datagram(slot).ToArray(), Is.EqualTo(Payload(i)), $"datagram {i}");
                Assert.That(receiver.Source(slot), Is.EqualTo(((IPEndPoint)(i % 2 == 0 ? even : odd).LocalEndPoint!).Serialize()), $"source {i}, as a key");
            }
        }

        Assert.That(calls, Is.EqualTo(batches ? 4 : datagrams));
    }

    [Test, Watchdog(30)]
    public void A_datagram_larger_than_wanted_shows_by_one_byte_and_harms_no_other([Values(MaxSize + 1, MaxSize + 2, 60_000)] int size)
    {
        using UdpSocket socket = Bind();
        using Socket sender = Sender(socket);
        DatagramReceiver receiver = Receiver(socket);
        sender.Send(new byte[MaxSize]);
        sender.Send(new byte[size]);
        sender.Send([1]);
        sender.Send(Array.Empty<byte>());

        Assert.That(Lengths(receiver, 4), Is.EqualTo((int[])[MaxSize, MaxSize + 1, 1, 0]));
    }

    [Test, Watchdog(30)]
    public void Sources_of_both_families_are_seen_as_the_socket_sees_them()
    {
        Requires.IPv6();
        using var socket = new UdpSocket(new IPEndPoint(IPAddress.IPv6Any, 0), 65_536, 65_536);
        using Socket four = Sender(new IPEndPoint(IPAddress.Loopback, socket.LocalEndPoint.Port));
        using Socket six = Sender(new IPEndPoint(IPAddress.IPv6Loopback, socket.LocalEndPoint.Port));
        DatagramReceiver receiver = Receiver(socket);

        foreach (Socket sender in (Socket[])[four, six, four])
        {
            sender.Send([1]);
            Assert.That(receiver.Receive(), Is.EqualTo(1));
            Assert.That(receiver.Source(0), Is.EqualTo(socket.ToSocketAddress((IPEndPoint)sender.LocalEndPoint!)));
        }
    }

    [Test, Watchdog(30)]
    public void A_peer_that_is_not_there_ends_nothing()
    {
        using UdpSocket socket = Bind();
        using Socket sender = Sender(socket);
        DatagramReceiver receiver = Receiver(socket);
        SocketAddress nobody;
        using (Socket gone = Sender(socket))
        {
            nobody = ((IPEndPoint)gone.LocalEndPoint!).Serialize();
        }

        for (int i = 0; i < 10; i++)
        {
            socket.Send([1], nobody); // answered by ICMP
            sender.Send([2]);
            Assert.That(Lengths(receiver, 1), Is.EqualTo((int[])[1]));
        }
    }

    [Test, Watchdog(60)]
    public void Dispose_ends_a_blocked_call([Values] bool inTraffic)
    {
        using var target = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int round = 0; round < 200; round++)
        {
            UdpSocket socket = Bind();
            SocketAddress address = socket.LocalEndPoint.Serialize();
            DatagramReceiver receiver = Receiver(socket);
            using var begun = new ManualResetEventSlim();
            BlockingThread<int> reader = BlockingThread.Start("reader", () =>
            {
                begun.Set();
                int count;
                while ((count = receiver.Receive()) > 0)
                {
                }

                return count;
            });
            begun.Wait(Limit);
            for (int i = 0; i < (inTraffic ? 50 : round % 3); i++)
            {
                target.SendTo([1], SocketFlags.None, address);
            }

            BlockingThread dispose = BlockingThread.Start("dispose", socket.Dispose);

            BlockingThread.JoinAll(Limit, dispose, reader);
            Assert.That(reader.Join(Limit), Is.Zero);
            Assert.That(receiver.Receive(), Is.Zero, "and so it stays");
            socket.Dispose();
        }
    }

    [Test, Watchdog(60), NonParallelizable(/* what is measured must not wait for another test's collections */)]
    public void Receiving_allocates_nothing()
    {
        using UdpSocket socket = Bind();
        using Socket sender = Sender(socket);
        DatagramReceiver receiver = Receiver(socket);
        byte[] datagram = new byte[1_400];
        Exchange(1_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int received = Exchange(10_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(received, Is.EqualTo(10_000));
        Assert.That(allocated, Is.LessThan(1_024));

        int Exchange(int count)
        {
            int whole = 0;
            for (int i = 0; i < count; i++)
            {
                sender.Send(datagram);
                whole += receiver.Receive() == 1 && receiver.Datagram(0).Length == datagram.Length ? 1 : 0;
            }

            return whole;
        }
    }

    [Test]
    public void An_interrupted_call_is_made_again() => // no signal of .NET's interrupts a call for certain
        Assert.That((LibC.IsTransient(4), LibC.IsTransient(111), LibC.IsTransient(9), LibC.IsTransient(22)), Is.EqualTo((true, true, false, false)), "EINTR, ECONNREFUSED, EBADF, EINVAL");

    private static int[] Lengths(DatagramReceiver receiver, int datagrams)
    {
        List<int> lengths = [];
        while (lengths.Count < datagrams)
        {
            int count = receiver.Receive();
            for (int slot = 0; slot < count; slot++)
            {
                lengths.Add(receiver.Datagram(slot).Length);
            }
        }

        return [.. lengths];
    }

    private static byte[] Payload(int number) => [.. Enumerable.Range(0, 10 + number).Select(i => (byte)(number + i))];

    private static UdpSocket Bind() => new(TestEndpoints.Loopback, 1 << 20, 65_536);

    private static Socket Sender(UdpSocket to) => Sender(to.LocalEndPoint);

    private static Socket Sender(IPEndPoint to)
    {
        var sender = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        sender.Connect(to);
        return sender;
    }

    private DatagramReceiver Receiver(UdpSocket socket) =>
        batches && OperatingSystem.IsLinux() ? new BatchReceiver(socket, MaxSize) : new PlainReceiver(socket, MaxSize);
}
