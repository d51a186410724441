using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Many datagrams in one call: sent one after the other or as trains, received one by one or as trains. What arrives is always the same.</summary>
[Platform("Linux")]
public sealed class SendBatchTests
{
    private const int MaxSize = 2_000;

    [Test, Watchdog(60)]
    public void Datagrams_of_any_sizes_arrive_whole_and_in_order([Values] bool sendTrains, [Values] bool receiveTrains)
    {
        using UdpSocket sender = Bind(sendTrains);
        using UdpSocket receiver = Bind(receiveTrains);
        BatchReceiver slots = Receiver(receiver);
        SocketAddress address = sender.ToSocketAddress(receiver.LocalEndPoint);
        int seed = Random.Shared.Next();
        Random random = new(seed);
        int trains = 0;
        for (int round = 0; round < 100; round++)
        {
            int size = random.Next(1, 1_400);
            int[] lengths = [.. Enumerable.Range(0, random.Next(1, 130)).Select(_ => random.Next(5) == 0 ? random.Next(1, 1_400) : size)];
            byte[] datagrams = new byte[lengths.Sum()];
            random.NextBytes(datagrams);

            sender.SendBatch(datagrams, lengths, address);

            List<byte[]> received = Receive(slots, lengths.Length, ref trains);
            Assert.That(received.Select(datagram => datagram.Length), Is.EqualTo(lengths), $"seed {seed}");
            Assert.That(received.SelectMany(datagram => datagram).SequenceEqual(datagrams), Is.True, $"seed {seed}");
        }

        Assert.That(trains, sendTrains && receiveTrains && sender.SendsTrains && receiver.ReceivesTrains ? Is.GreaterThan(100) : Is.Zero);
        Assert.That(sender.SendErrors, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void This_system_has_trains() => // else the other tests show less than they seem to
        Assert.That(Made(Bind(trains: true), socket => (socket.SendsTrains, socket.ReceivesTrains)), Is.EqualTo((true, true)));

    [Test, Watchdog(60)]
    public void A_train_is_as_long_as_the_system_takes_it_and_no_longer([Values(1, 500, 1_023, 1_024, 1_400)] int size)
    {
        using UdpSocket sender = Bind(trains: true);
        using UdpSocket receiver = Bind(trains: true);
        BatchReceiver slots = Receiver(receiver);
        int trains = 0;
        sender.SendBatch(new byte[200 * size], [.. Enumerable.Repeat(size, 200)], sender.ToSocketAddress(receiver.LocalEndPoint));
        Assert.That(Receive(slots, 200, ref trains).Select(datagram => datagram.Length), Has.All.EqualTo(size));
        Assert.That(trains, Is.EqualTo(200 / Math.Min(FifoBio.MaxBatch, FifoBio.MaxBatchBytes / size) + (200 % Math.Min(FifoBio.MaxBatch, FifoBio.MaxBatchBytes / size) > 1 ? 1 : 0)));
        Assert.That((sender.SendErrors, sender.SendsTrains), Is.EqualTo((0L, true)));
    }

    [Test, Watchdog(60)]
    public void From_and_to_a_socket_on_all_addresses_trains_keep_the_local_address([Values("127.0.0.1", "127.0.0.77", "::1")] string destination)
    {
        Requires.IPv6();
        using UdpSocket sender = Bind(trains: true, IPAddress.IPv6Any);
        using UdpSocket receiver = Bind(trains: true, IPAddress.IPv6Any);
        BatchReceiver slots = Receiver(receiver);
        BatchReceiver answers = Receiver(sender);
        int trains = 0;
        sender.SendBatch(new byte[4_000], [1_000, 1_000, 1_000, 1_000], sender.ToSocketAddress(new IPEndPoint(IPAddress.Parse(destination), receiver.LocalEndPoint.Port)));
        Assert.That(Receive(slots, 4, ref trains), Has.Count.EqualTo(4));

        receiver.SendBatch(new byte[2_000], [1_000, 1_000], PathAddress.Copy(slots.Source(0)));

        Assert.That(Receive(answers, 2, ref trains), Has.Count.EqualTo(2));
        Assert.That(UdpSocket.ToEndPoint(answers.Source(0)).Address, Is.EqualTo(IPAddress.Parse(destination)));
        Assert.That(trains, Is.EqualTo(2));
    }

    [Test, Watchdog(60)]
    public void A_train_that_is_refused_goes_one_by_one_and_is_the_last_if_that_works([Values] bool dontFragment)
    {
        Requires.NetworkNamespace();
        using NetworkNamespaces network = NetworkNamespaces.CreatePair();
        using UdpSocket sender = NamespaceThread.Make(network[0], () => new UdpSocket(new IPEndPoint(IPAddress.Any, 0), 1 << 20, 1 << 20, dontFragment));
        using UdpSocket receiver = NamespaceThread.Make(network[1], () => new UdpSocket(new IPEndPoint(IPAddress.Parse(NetworkNamespaces.SecondIPv4), 0), 1 << 20, 65_536));
        BatchReceiver slots = Receiver(receiver);
        SocketAddress address = sender.ToSocketAddress(receiver.LocalEndPoint);
        int trains = 0;

        sender.SendBatch(new byte[3 * 1_800], [1_800, 1_800, 1_800], address); // the link takes 1,500: only one by one can they go in fragments
        sender.SendBatch(new byte[2 * 100], [100, 100], address);

        List<byte[]> received = Receive(slots, dontFragment ? 2 : 5, ref trains);
        Assert.That(received.Select(datagram => datagram.Length), Is.EqualTo(dontFragment ? [100, 100] : (int[])[1_800, 1_800, 1_800, 100, 100]));
        Assert.That((sender.SendErrors, sender.SendsTrains), Is.EqualTo(dontFragment ? (3L, true) : (0L, false)));
    }

    [Test, Watchdog(60)]
    public void Where_nothing_can_be_sent_each_datagram_counts()
    {
        Requires.NetworkNamespace();
        using NetworkNamespaces network = NetworkNamespaces.CreatePair();
        using UdpSocket sender = NamespaceThread.Make(network[0], () => new UdpSocket(new IPEndPoint(IPAddress.Any, 0), 1 << 20, 1 << 20));
        sender.SendBatch(new byte[70 * 10], [.. Enumerable.Repeat(10, 70)], sender.ToSocketAddress(new IPEndPoint(IPAddress.Parse("203.0.113.1"), 9)));
        Assert.That((sender.SendErrors, sender.SendsTrains), Is.EqualTo((70L, true)), "no route");
        sender.Dispose();
        Assert.That(() => sender.SendBatch(new byte[20], [10, 10], new SocketAddress(System.Net.Sockets.AddressFamily.InterNetwork)), Throws.TypeOf<ObjectDisposedException>());
    }

    private static List<byte[]> Receive(DatagramReceiver receiver, int datagrams, ref int trains)
    {
        List<byte[]> received = [];
        while (received.Count < datagrams)
        {
            int count = receiver.Receive();
            for (int slot = 0; slot < count; slot++)
            {
                byte[] bytes = receiver.Datagram(slot).ToArray();
                int size = receiver.SegmentSize(slot);
                trains += size > 0 ? 1 : 0;
                received.AddRange(size > 0 ? bytes.Chunk(size) : [bytes]);
            }
        }

        return received;
    }

    private static TResult Made<TResult>(UdpSocket socket, Func<UdpSocket, TResult> use)
    {
        using (socket)
        {
            return use(socket);
        }
    }

    private static UdpSocket Bind(bool trains, IPAddress? address = null) => new(new IPEndPoint(address ?? IPAddress.Loopback, 0), 4 << 20, 4 << 20, trains: trains);

    private static BatchReceiver Receiver(UdpSocket socket) => OperatingSystem.IsLinux() ? new(socket, MaxSize) : throw new PlatformNotSupportedException();
}
