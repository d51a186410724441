using System.Buffers.Binary;
using FifoDtls.TestSupport;
using FifoVpn.Devices;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

/// <summary>Packets from the device are sent on once and in order, by the reader's thread or by who looks for an answer.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DeviceReaderTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly MemoryPacketDevice _device = new("mem0", mtu: 100);
    private readonly List<int> _forwarded = []; // under its own lock

    [Test]
    public void An_answer_is_taken_at_once_by_who_looks_for_it()
    {
        int thread = 0;
        using DeviceReader reader = new(_device, (Span<byte> packet, in DevicePacket _, OutgoingPackets _) => thread = Note(packet), Fail);
        Inject(7);

        reader.TakeAnswer(); // the reader's thread does not run

        Assert.That((_forwarded, thread), Is.EqualTo((new List<int> { 7 }, Environment.CurrentManagedThreadId)));
    }

    [Test]
    public void Looking_takes_one_packet_in_a_tick_of_the_clock_at_most()
    {
        using DeviceReader reader = new(_device, (Span<byte> packet, in DevicePacket _, OutgoingPackets _) => Note(packet), Fail);
        for (int i = 0; i < MemoryPacketDevice.DefaultCapacity; i++)
        {
            Inject(i);
        }

        long before = Environment.TickCount64;
        for (int i = 0; i < MemoryPacketDevice.DefaultCapacity; i++)
        {
            reader.TakeAnswer();
        }

        Assert.That(_forwarded, Has.Count.InRange(1, Environment.TickCount64 - before + 1));
    }

    [Test, CancelAfter(120_000)]
    public void Who_looks_does_not_wait_for_the_reader()
    {
        using ManualResetEventSlim entered = new();
        using ManualResetEventSlim release = new();
        using DeviceReader reader = new(_device, (Span<byte> packet, in DevicePacket _, OutgoingPackets _) =>
        {
            entered.Set();
            release.Wait(Limit);
            Note(packet);
        }, Fail);
        reader.Start();
        Inject(1);
        Assert.That(entered.Wait(Limit), Is.True);

        BlockingThread looking = BlockingThread.Start("looks", reader.TakeAnswer);
        looking.Join(Limit);
        Assert.That(_forwarded, Is.Empty);

        release.Set();
        _device.Dispose();
        Assert.That(reader.Join(Limit), Is.True);
        Assert.That(_forwarded, Is.EqualTo(new[] { 1 }));
    }

    [Test, CancelAfter(240_000)]
    public void Whoever_reads_packets_leave_once_and_in_their_order()
    {
        const int packets = 20_000;
        using DeviceReader reader = new(_device, (Span<byte> packet, in DevicePacket _, OutgoingPackets _) => Note(packet), Fail);
        reader.Start();
        bool done = false;
        BlockingThread[] looking = [.. Enumerable.Range(0, 3).Select(i => BlockingThread.Start($"looks {i}", () =>
        {
            while (!Volatile.Read(ref done))
            {
                reader.TakeAnswer();
            }
        }))];
        for (int i = 0; i < packets; i++)
        {
            Inject(i);
        }

        Eventually.Equal(packets, Count, Limit, "the packets that were sent on");
        Volatile.Write(ref done, true);
        BlockingThread.JoinAll(Limit, looking);
        _device.Dispose();
        Assert.That(reader.Join(Limit), Is.True);
        Assert.That(_forwarded, Is.EqualTo(Enumerable.Range(0, packets)));
    }

    [Test, CancelAfter(120_000)]
    public void A_device_that_fails_is_told_once_and_by_the_reader()
    {
        using FailingPacketDevice device = new();
        int failures = 0;
        using DeviceReader reader = new(device, (Span<byte> _, in DevicePacket _, OutgoingPackets _) => { }, _ => Interlocked.Increment(ref failures));
        device.Fail();
        reader.TakeAnswer();
        Assert.That(failures, Is.Zero);

        reader.Start();
        Assert.That(reader.Join(Limit), Is.True);
        Assert.That(failures, Is.EqualTo(1));
    }

    public void Dispose() => _device.Dispose();

    private static void Fail(DeviceException exception) => throw new InvalidOperationException("The device failed.", exception);

    private void Inject(int number)
    {
        byte[] packet = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(packet, number);
        Assert.That(_device.Inject(packet, Limit), Is.EqualTo(PacketQueueResult.Done));
    }

    private int Note(ReadOnlySpan<byte> packet)
    {
        lock (_forwarded)
        {
            _forwarded.Add(BinaryPrimitives.ReadInt32LittleEndian(packet));
        }

        return Environment.CurrentManagedThreadId;
    }

    private int Count()
    {
        lock (_forwarded)
        {
            return _forwarded.Count;
        }
    }
}
