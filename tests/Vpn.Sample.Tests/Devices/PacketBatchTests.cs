using FifoVpn.Devices;

namespace FifoVpn.Tests.Devices;

internal sealed class PacketBatchTests
{
    [Test]
    public void Packets_stand_back_to_back()
    {
        using PacketBatch batch = new();
        Assert.That(batch.Free.Length, Is.GreaterThanOrEqualTo(PacketBatch.DefaultByteCapacity));
        batch.Free[0] = 1;
        batch.Commit(1);
        Assert.That(batch.TryAdd([2, 2]), Is.True);

        Assert.That((batch.Count, batch.ByteCount), Is.EqualTo((2, 3)));
        Assert.That(batch.Bytes.ToArray(), Is.EqualTo(new byte[] { 1, 2, 2 }));
        Assert.That(batch.Lengths.ToArray(), Is.EqualTo(new[] { 1, 2 }));
        Assert.That(batch[1].ToArray(), Is.EqualTo(new byte[] { 2, 2 }));
        Assert.That(() => batch[2].Length, Throws.TypeOf<ArgumentOutOfRangeException>());
        batch.Clear();
        Assert.That((batch.Count, batch.ByteCount), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_full_batch_takes_nothing_more()
    {
        using PacketBatch batch = new(64, 2);
        Assert.That(batch.TryAdd(new byte[batch.Free.Length + 1]), Is.False);
        Assert.That(batch.TryAdd([]), Is.False, "an empty packet is none");
        batch.Commit(1);
        batch.Commit(1);
        Assert.That(batch.IsFull, Is.True);
        Assert.That(batch.Free.Length, Is.Zero);
        Assert.That(batch.TryAdd([1]), Is.False);
        Assert.That(() => batch.Commit(1), Throws.TypeOf<ArgumentOutOfRangeException>());
        batch.Clear();
        Assert.That(() => batch.Commit(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => batch.Commit(batch.Free.Length + 1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
