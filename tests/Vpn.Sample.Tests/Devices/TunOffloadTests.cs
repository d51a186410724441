using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FifoDtls.TestSupport;
using FifoVpn.Devices;
using FifoVpn.Interop;
using FifoVpn.Packets;
using FifoVpn.Tests.Packets;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Devices;

/// <summary>Super-packets of real kernels, read and written.</summary>
internal sealed class TunOffloadTests
{
    private const DeviceOffloads TcpOnly = DeviceOffloads.Checksum | DeviceOffloads.TcpSegmentation;
    private const int UdpLevel = 17;
    private const int UdpSegment = 103;
    private const int Packets = 10; // in a batch
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [TestCase(false, DeviceOffloads.All, DeviceOffloads.All)]
    [TestCase(true, DeviceOffloads.All, DeviceOffloads.All)]
    [TestCase(false, TcpOnly, TcpOnly)]
    [TestCase(false, DeviceOffloads.Checksum, DeviceOffloads.Checksum)]
    [TestCase(true, DeviceOffloads.None, DeviceOffloads.None)]
    [TestCase(true, DeviceOffloads.None, TcpOnly)]
    public void A_bulk_of_TCP_crosses_intact(bool ipv6, DeviceOffloads left, DeviceOffloads right) =>
        TunPair.Run(ipv6, left, right, SocketType.Stream, (pair, listener, client) =>
        {
            const int total = 32 << 20;
            listener.Listen(1);
            byte[] data = new byte[total];
            Checked.Seeded().NextBytes(data);
            BlockingThread<byte[]> receiver = BlockingThread.Start("receiver", () =>
            {
                using Socket accepted = listener.Accept();
                using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                byte[] buffer = new byte[1 << 18];
                for (int received; (received = accepted.Receive(buffer)) > 0;)
                {
                    hash.AppendData(buffer.AsSpan(0, received));
                }

                return hash.GetHashAndReset();
            });

            client.Connect(listener.LocalEndPoint!);
            for (int sent = 0; sent < total;)
            {
                sent += client.Send(data.AsSpan(sent));
            }

            client.Shutdown(SocketShutdown.Send);
            Assert.That(receiver.Join(Limit), Is.EqualTo(SHA256.HashData(data)));
            Assert.That((pair.Left.Offloads, pair.Right.Offloads), Is.EqualTo((left, right)));
            Assert.That((pair.Left.WriteErrors, pair.Right.WriteErrors), Is.EqualTo((0, 0)));
            Assert.That(pair.SuperPackets, (right & DeviceOffloads.TcpSegmentation) != 0 ? Is.GreaterThan(50) : Is.Zero);
            TestContext.Out.WriteLine($"{pair.SuperPackets} super-packets");
        });

    [TestCase(false, DeviceOffloads.All)]
    [TestCase(true, DeviceOffloads.All)]
    [TestCase(false, TcpOnly)]
    [TestCase(true, DeviceOffloads.None)]
    public void Datagrams_that_are_sent_as_one_arrive_as_many(bool ipv6, DeviceOffloads offloads) =>
        TunPair.Run(ipv6, offloads, offloads, SocketType.Dgram, (pair, receiver, sender) =>
        {
            const int size = 1_000;
            sender.Connect(receiver.LocalEndPoint!);
            WaitUntilRouted(sender, receiver);
            sender.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(size));
            byte[] data = new byte[(30 * size) + 300];
            byte[] buffer = new byte[2 * size];
            Random random = Checked.Seeded();
            for (int round = 0; round < 20; round++)
            {
                random.NextBytes(data);
                Assert.That(sender.Send(data), Is.EqualTo(data.Length));
                for (int at = 0; at < data.Length; at += size)
                {
                    int length = Math.Min(size, data.Length - at);
                    int received;
                    do
                    {
                        Assert.That(receiver.Poll(Limit, SelectMode.SelectRead), Is.True, $"nothing comes at {at} of round {round}");
                        received = receiver.Receive(buffer);
                    }
                    while (received == 1); // of the first attempts

                    Assert.That(received, Is.EqualTo(length));
                    Assert.That(buffer.AsSpan(0, length).SequenceEqual(data.AsSpan(at, length)), Is.True, $"datagram at {at} of round {round}");
                }
            }

            Assert.That(pair.Left.WriteErrors, Is.Zero);
            Assert.That(pair.SuperPackets, (offloads & DeviceOffloads.UdpSegmentation) != 0 ? Is.GreaterThanOrEqualTo(20) : Is.Zero);
        });

    [Test]
    public void What_the_kernel_cuts_again_is_what_was_written([Values] bool ipv6, [Values] bool tcp) => NetworkNamespace.Run(() =>
    {
        using TunDevice entrance = TunPair.OpenUp(ipv6 ? "fd88::1/64" : "10.88.0.1/24", DeviceOffloads.All, "in0");
        using TunDevice exit = TunPair.OpenUp(ipv6 ? "fd99::1/64" : "10.99.0.1/24", DeviceOffloads.None, "out0");
        File.WriteAllText(ipv6 ? "/proc/sys/net/ipv6/conf/all/forwarding" : "/proc/sys/net/ipv4/ip_forward", "1");
        Random random = Checked.Seeded();
        TestFlow[] flows = [new(random, tcp, ipv6, 1, tcp ? 12 : 0), new(random, tcp, ipv6, 2)];
        byte[] buffer = new byte[exit.ReadBufferSize];
        WaitUntilForwarded(entrance, exit, new TestFlow(random, tcp, ipv6, 3), buffer);
        for (int round = 0; round < 20; round++)
        {
            int[] sizes = [1 + random.Next(1_200), 1 + random.Next(1_200)];
            using PacketBatch batch = new();
            List<byte[]>[] expected = [[], []];
            for (int i = 0; i < 60; i++)
            {
                int which = random.Next(2);
                byte flags = (byte)(TestFlow.Ack | (random.Next(15) == 0 ? TestFlow.Push : 0));
                byte[] packet = flows[which].Next(random.Next(20) == 0 ? 1 + random.Next(sizes[which]) : sizes[which], flags);
                batch.TryAdd(packet);
                HopLimit.TryDecrement(packet);
                expected[which].Add(packet);
            }

            int packets = batch.Count;
            entrance.WriteMany(batch);
            List<byte[]>[] arrived = [[], []];
            while (arrived[0].Count + arrived[1].Count < packets)
            {
                byte[] packet = buffer[..exit.ReadPacket(buffer)];
                if (packet[ipv6 ? 6 : 9] == flows[0].Protocol && BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(ipv6 ? 40 : 20)) is var port and <= 10_002)
                {
                    arrived[port - 10_001].Add(packet); // the kernel sends some of its own, and the first ones may come late
                }
            }

            Assert.That(arrived, Is.EqualTo(expected), $"round {round}");
        }

        Assert.That(entrance.WriteErrors, Is.Zero);
    });

    [Test]
    public void A_kernel_that_refuses_super_packets_gets_no_more_of_them_and_every_packet_alone([Values] bool tcp) => BetweenDevices(tcp, (entrance, exit, random, buffer) =>
    {
        TestFlow flow = new(random, tcp, ipv6: false);
        Assert.That(Forward(), Is.LessThan(Packets), "they cross together");

        int refusing = 0;
        BlockingThread.Start("refused", () =>
        {
            SystemCallFilter.RefuseVectorWrites(abovePieces: 2, Errno.EINVAL); // the header and one packet may pass
            refusing = Forward();
        }).Join(Limit);
        Assert.That(refusing, Is.EqualTo(Packets));

        Assert.That(Forward(), Is.EqualTo(Packets), "not even tried any more");
        Assert.That(entrance.WriteErrors, Is.Zero);

        // How many reads the packets of a batch take at the other end, where they come whole and in order.
        int Forward()
        {
            using PacketBatch batch = new();
            List<byte> expected = [];
            for (int i = 0; i < Packets; i++)
            {
                byte[] packet = flow.Next(1_000);
                batch.TryAdd(packet);
                expected.AddRange(packet[flow.HeaderLength..]);
            }

            entrance.WriteMany(batch);
            int reads = 0;
            List<byte> arrived = [];
            while (arrived.Count < expected.Count)
            {
                Assert.That(exit.Wait(), Is.True);
                if (exit.TryRead(buffer, out DevicePacket packet) && buffer[9] == flow.Protocol && BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(20)) == 10_001)
                {
                    reads++;
                    arrived.AddRange(buffer.AsSpan(flow.HeaderLength, packet.Length - flow.HeaderLength));
                }
            }

            Assert.That(arrived, Is.EqualTo(expected));
            return reads;
        }
    });

    [Test]
    public void Several_threads_write_batches_at_a_time_and_every_flow_stays_whole([Values] bool tcp) => BetweenDevices(tcp, (entrance, exit, random, buffer) =>
    {
        TestFlow[] flows = [.. Enumerable.Range(0, 4).Select(i => new TestFlow(random, tcp, ipv6: false, 1 + i))];
        for (int round = 0; round < 30; round++)
        {
            PacketBatch[] batches = [.. flows.Select(_ => new PacketBatch())];
            List<byte>[] expected = [.. flows.Select(_ => new List<byte>())];
            for (int i = 0; i < flows.Length * Packets; i++)
            {
                byte[] packet = flows[i % flows.Length].Next(500 + (i % flows.Length));
                batches[i % flows.Length].TryAdd(packet);
                expected[i % flows.Length].AddRange(packet[flows[0].HeaderLength..]);
            }

            using Barrier together = new(flows.Length);
            BlockingThread[] writers = [.. batches.Select((batch, i) => BlockingThread.Start($"writes {i}", () =>
            {
                together.SignalAndWait(Limit);
                entrance.WriteMany(batch);
            }))];
            List<byte>[] arrived = [.. flows.Select(_ => new List<byte>())];
            while (arrived.Sum(flow => flow.Count) < expected.Sum(flow => flow.Count))
            {
                Assert.That(exit.Wait(), Is.True);
                if (exit.TryRead(buffer, out DevicePacket packet) && buffer[9] == flows[0].Protocol && BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(20)) - 10_001 is var flow and >= 0 and < 4)
                {
                    arrived[flow].AddRange(buffer.AsSpan(flows[0].HeaderLength, packet.Length - flows[0].HeaderLength));
                }
            }

            BlockingThread.JoinAll(Limit, writers);
            Assert.That(arrived, Is.EqualTo(expected), $"round {round}");
            Array.ForEach(batches, batch => batch.Dispose());
        }

        Assert.That(entrance.WriteErrors, Is.Zero);
    });

    [Test]
    public void Super_packets_for_a_link_that_is_down_are_counted_packet_by_packet() => NetworkNamespace.Run(() =>
    {
        using TunDevice device = TunDevice.Open("fifo0", TunPair.Mtu);
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: false);
        using PacketBatch batch = new();
        for (int i = 0; i < 10; i++)
        {
            batch.TryAdd(flow.Next(1_000));
        }

        byte[] before = batch.Bytes.ToArray();
        device.WriteMany(batch);
        Assert.That(device.WriteErrors, Is.EqualTo(10));
        Assert.That(batch.Bytes.ToArray(), Is.EqualTo(before), "each was tried as it was");
        device.Dispose();
        device.WriteMany(batch);
        Assert.That(device.WriteErrors, Is.EqualTo(20));
    });

    [Test]
    public void Nothing_is_allocated_per_batch() => NetworkNamespace.Run(() =>
    {
        using TunDevice device = TunPair.OpenUp("10.88.0.1/24", DeviceOffloads.All);
        TestFlow flow = new(Checked.Seeded(), tcp: true, ipv6: false);
        byte[] packets = [.. Enumerable.Range(0, 100).SelectMany(_ => flow.Next(600))];
        int[] lengths = [.. Enumerable.Repeat(640, 100)];
        byte[] super = flow.Next(60_000);
        DevicePacket packet = SegmentCutterTests.Describe(flow, super, 600);
        using PacketBatch batch = new();
        Rounds(200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Rounds(200);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(device.WriteErrors, Is.Zero);

        void Rounds(int count)
        {
            for (int i = 0; i < count; i++)
            {
                packets.CopyTo(batch.Free);
                device.WriteMany(batch.Free[..packets.Length], lengths);
                SegmentCutter.TryStart(super, packet, 1_380, out SegmentCutter cutter);
                cutter.Append(batch);
                device.WriteMany(batch);
                batch.Clear();
            }
        }
    });

    // Two devices of one host, which forwards IPv4 from the one to the other, super-packets as they are.
    private static void BetweenDevices(bool tcp, Action<TunDevice, TunDevice, Random, byte[]> test) => NetworkNamespace.Run(() =>
    {
        File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
        using TunDevice exit = TunPair.OpenUp("10.99.0.1/24", DeviceOffloads.All, "out0");
        using TunDevice entrance = TunPair.OpenUp("10.88.0.1/24", DeviceOffloads.All, "in0");
        Random random = Checked.Seeded();
        byte[] buffer = new byte[exit.ReadBufferSize];
        WaitUntilForwarded(entrance, exit, new TestFlow(random, tcp, ipv6: false, 9), buffer);
        test(entrance, exit, random, buffer);
    });

    // The kernel makes IPv6 routes of its own a moment after the address.
    private static void WaitUntilRouted(Socket sender, Socket receiver) => Eventually.True(
        () =>
        {
            sender.Send([1]);
            return receiver.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead);
        },
        Limit,
        "a datagram arrives");

    private static void WaitUntilForwarded(TunDevice entrance, TunDevice exit, TestFlow flow, byte[] buffer) => Eventually.True(
        () =>
        {
            entrance.Write(flow.Next(100));
            int seen = 0;
            while (exit.TryRead(buffer, out _))
            {
                seen++;
            }

            return seen > 0;
        },
        Limit,
        "a packet is forwarded");
}
