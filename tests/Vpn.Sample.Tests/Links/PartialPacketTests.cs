using FifoVpn.Control;
using FifoVpn.Links;

namespace FifoVpn.Tests.Links;

/// <summary>Packets in two parts.</summary>
internal sealed class PartialPacketTests
{
    private const int Max = 1_400;

    private readonly byte[] _buffer = new byte[Max + SplitPacket.HeaderLength];

    [Test]
    public void A_packet_of_any_length_comes_together_in_either_order()
    {
        PartialPacket partial = new(Max);
        for (int length = 2; length <= Max; length++)
        {
            byte[] packet = Random.Shared.GetItems<byte>([0x45, 1, 2, 3, 4], length);
            byte first = (byte)(length & 1);
            Assert.That(Add(partial, packet, (ushort)length, first).IsEmpty, Is.True);
            Assert.That(Add(partial, packet, (ushort)length, (byte)(1 - first)).SequenceEqual(packet), Is.True, $"{length} bytes");
        }
    }

    [Test]
    public void Packets_whose_parts_mix_come_together()
    {
        PartialPacket partial = new(Max);
        byte[][] packets = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Repeat((byte)(0x40 + i), 1_000 + i).ToArray())];
        for (int i = 0; i < 4; i++)
        {
            Assert.That(Add(partial, packets[i], (ushort)i, 0).IsEmpty, Is.True);
        }

        for (int i = 3; i >= 0; i--)
        {
            Assert.That(Add(partial, packets[i], (ushort)i, 1).SequenceEqual(packets[i]), Is.True, $"packet {i}");
        }
    }

    [Test]
    public void Halves_that_stay_alone_give_way_to_new_ones()
    {
        PartialPacket partial = new(Max);
        byte[] packet = [.. Enumerable.Repeat((byte)0x45, 1_000)];
        for (ushort number = 1; number <= 100; number++)
        {
            Assert.That(Add(partial, packet, number, 0).IsEmpty, Is.True);
        }

        Assert.That(Add(partial, packet, 1, 1).IsEmpty, Is.True, "its half is long gone");
        Assert.That(Add(partial, packet, 100, 1).SequenceEqual(packet), Is.True);
    }

    [Test]
    public void The_same_part_twice_is_no_packet()
    {
        PartialPacket partial = new(Max);
        byte[] packet = [.. Enumerable.Repeat((byte)0x45, 1_000)];
        Assert.That(Add(partial, packet, 7, 0).IsEmpty, Is.True);
        Assert.That(Add(partial, packet, 7, 0).IsEmpty, Is.True);
    }

    [Test]
    public void What_would_be_too_large_is_refused()
    {
        PartialPacket partial = new(Max);
        byte[] part = new byte[Max + 1];
        Assert.That(partial.TryAdd(1, 0, part, out _), Is.False, "one part");
        Assert.That(partial.TryAdd(2, 0, part.AsSpan(0, Max), out _), Is.True);
        Assert.That(partial.TryAdd(2, 1, part.AsSpan(0, 1), out Span<byte> packet), Is.False, "both together");
        Assert.That(packet.IsEmpty, Is.True);
    }

    [TestCase(new byte[] { 6 })]
    [TestCase(new byte[] { 6, 0, 1 })]
    [TestCase(new byte[] { 6, 0, 1, 0 }, Description = "no bytes")]
    [TestCase(new byte[] { 6, 0, 1, 2, 0x45 }, Description = "part 2")]
    public void A_malformed_part_is_refused(byte[] message) => Assert.That(SplitPacket.TryRead(message, out _, out _, out _), Is.False);

    private ReadOnlySpan<byte> Add(PartialPacket partial, byte[] packet, ushort number, byte part)
    {
        ReadOnlySpan<byte> message = SplitPacket.Write(_buffer, packet, number, part);
        Assert.That(SplitPacket.TryRead(message, out ushort read, out byte readPart, out ReadOnlySpan<byte> bytes), Is.True);
        Assert.That(partial.TryAdd(read, readPart, bytes, out Span<byte> whole), Is.True);
        return whole;
    }
}
