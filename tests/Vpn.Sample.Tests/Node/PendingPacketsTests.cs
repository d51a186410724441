using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

/// <summary>What waits for a peer.</summary>
internal sealed class PendingPacketsTests
{
    [Test]
    public void Packets_come_out_as_they_went_in()
    {
        PendingPackets pending = new();
        byte[] reused = new byte[2];
        for (byte i = 0; i < PendingPackets.MaxPackets; i++)
        {
            reused[0] = i;
            Assert.That(pending.TryAdd(reused), Is.True);
        }

        Assert.That(pending.TryAdd(reused), Is.False, "one too many");
        for (byte i = 0; i < PendingPackets.MaxPackets; i++)
        {
            Assert.That(pending.TryTake(out byte[] packet), Is.True);
            Assert.That(packet, Is.EqualTo(new byte[] { i, 0 }));
        }

        Assert.That(pending.TryTake(out _), Is.False);
    }

    [Test]
    public void Bytes_are_bounded_and_come_back()
    {
        PendingPackets pending = new();
        byte[] large = new byte[PendingPackets.MaxBytes / 2];
        for (int round = 0; round < 3; round++)
        {
            Assert.That(pending.TryAdd(large) && pending.TryAdd(large), Is.True);
            Assert.That(pending.TryAdd([1]), Is.False);
            if (round == 1)
            {
                Assert.That(pending.Clear(), Is.EqualTo(2));
            }
            else
            {
                Assert.That(pending.TryTake(out _) && pending.TryTake(out _), Is.True);
            }

            Assert.That(pending.Count, Is.Zero);
        }
    }
}
