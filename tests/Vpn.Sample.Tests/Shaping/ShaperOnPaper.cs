using System.Buffers.Binary;
using FifoVpn.Shaping;
using FifoVpn.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Shaping;

/// <summary>A shaper without thread on a clock that jumps from one moment with something to do to the next.</summary>
internal sealed class ShaperOnPaper : IDisposable
{
    public const long Second = 1_000_000_000;
    private readonly byte[] _buffer = new byte[ShapedQueue.MaxPacketLength];

    public ShaperOnPaper(long? globalRate)
    {
        Shaper = new PacketShaper(globalRate, NullLogger.Instance, Clock);
    }

    public TimestampClock Clock { get; } = new(777 * Second);

    public PacketShaper Shaper { get; }

    /// <summary>What was sent, in order: the peer, the number that the packet carries, its length and the moment.</summary>
    public List<(int Peer, int Number, int Length, long At)> Sent { get; } = [];

    public ShapedQueue Peer(int peer, long? rate) => Shaper.CreateQueue(rate, packet =>
        Sent.Add((peer, packet.Length >= 4 ? BinaryPrimitives.ReadInt32BigEndian(packet) : -1, packet.Length, Clock.Now)));

    public static byte[] Packet(int number, int length)
    {
        byte[] packet = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(packet, number);
        return packet;
    }

    /// <summary>Sends all that is due until then, each packet at its moment.</summary>
    public void RunUntil(long end)
    {
        for (long due = Shaper.SendDue(_buffer); due <= end; due = Shaper.SendDue(_buffer))
        {
            Assert.That(due, Is.GreaterThan(Clock.Now), "time goes on");
            Clock.Now = due;
        }

        Clock.Now = end;
    }

    public long BytesOf(int peer) => Sent.Where(s => s.Peer == peer).Sum(s => (long)s.Length);

    public void Dispose() => Shaper.Dispose();
}
