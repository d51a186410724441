using FifoVpn.Shaping;
using FifoVpn.Tests.Packets;

namespace FifoVpn.Tests.Shaping;

internal sealed class PacketRingTests
{
    [Test]
    public void Behaves_like_a_queue_with_a_bound()
    {
        Random random = Checked.Seeded();
        const int capacity = 70_000;
        var ring = new PacketRing(capacity);
        var model = new Queue<byte[]>();
        int bytes = 0;
        byte[] buffer = new byte[65_535];
        for (int round = 0; round < 15_000; round++)
        {
            bool filling = round / 300 % 2 == 0;
            if (random.Next(3) < (filling ? 2 : 1))
            {
                byte[] packet = new byte[random.Next(100) == 0 ? random.Next(1, 65_536) : random.Next(1, 2000)];
                random.NextBytes(packet);
                bool fits = bytes + packet.Length <= capacity;
                Assert.That(ring.TryAdd(packet), Is.EqualTo(fits));
                if (fits)
                {
                    model.Enqueue(packet);
                    bytes += packet.Length;
                }
            }
            else if (model.TryDequeue(out byte[]? expected))
            {
                Assert.That(ring.FirstLength(), Is.EqualTo(expected.Length));
                int length = ring.Take(buffer);
                bytes -= length;
                Assert.That(buffer.AsSpan(0, length).SequenceEqual(expected), Is.True, $"round {round}");
            }

            if (random.Next(2000) == 0)
            {
                ring.Clear();
                model.Clear();
                bytes = 0;
            }

            Assert.That(ring.Packets, Is.EqualTo(model.Count));
            Assert.That(ring.Bytes, Is.EqualTo(bytes));
        }
    }
}
