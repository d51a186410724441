using FifoVpn.Packets;

namespace FifoVpn.Tests.Packets;

internal sealed class InternetChecksumTests
{
    [Test]
    public void Every_length_and_alignment_sums_as_by_the_letter()
    {
        Random random = Checked.Seeded();
        byte[] data = new byte[700];
        byte[] copy = new byte[700];
        for (int round = 0; round < 3; round++)
        {
            Fill(data, random, round);
            for (int length = 0; length <= 600; length++)
            {
                int at = length < 300 ? random.Next(100) : random.Next(64);
                ReadOnlySpan<byte> piece = data.AsSpan(at, length);
                ushort expected = Checked.Sum(piece);
                Assert.That(InternetChecksum.Fold(InternetChecksum.Add(0, piece)), Is.EqualTo(expected), $"{length} bytes at {at}");

                copy.AsSpan().Clear();
                int to = random.Next(64);
                Assert.That(InternetChecksum.Fold(InternetChecksum.CopyAndAdd(0, piece, copy.AsSpan(to))), Is.EqualTo(expected), $"{length} bytes at {at}, copied");
                Assert.That(copy.AsSpan(to, length).SequenceEqual(piece), Is.True, "the copy");
                Assert.That(copy.AsSpan(0, to).ContainsAnyExcept((byte)0) || copy.AsSpan(to + length).ContainsAnyExcept((byte)0), Is.False, "nothing beside it");
            }
        }
    }

    [Test]
    public void Large_data_of_ones_carries_all_over()
    {
        byte[] data = new byte[70_001];
        data.AsSpan().Fill(0xFF);
        for (int length = 65_000; length <= data.Length; length += 1667)
        {
            Assert.That(InternetChecksum.Compute(data.AsSpan(0, length)), Is.EqualTo((ushort)~Checked.Sum(data.AsSpan(0, length))));
        }
    }

    [Test]
    public void Pieces_of_even_length_add_up()
    {
        Random random = Checked.Seeded();
        byte[] data = new byte[4_001];
        random.NextBytes(data);
        for (int round = 0; round < 500; round++)
        {
            int cut = random.Next(2_000) * 2;
            ulong sum = InternetChecksum.Add(InternetChecksum.Add(0, data.AsSpan(0, cut)), data.AsSpan(cut));
            Assert.That(InternetChecksum.Finish(sum), Is.EqualTo((ushort)~Checked.Sum(data)));
        }
    }

    [TestCase(0ul, 0)]
    [TestCase(0xFFFFul, 0xFFFF)]
    [TestCase(0x1_0000ul, 1)]
    [TestCase(0x1_FFFE_FFFFul, 0xFFFF)]
    [TestCase(ulong.MaxValue, 0xFFFF)]
    [TestCase(0xFFFF_FFFF_FFFF_0001ul, 1)]
    public void Folding_takes_any_sum(ulong sum, int expected) => Assert.That(InternetChecksum.Fold(sum), Is.EqualTo(expected));

    [Test]
    public void A_copy_needs_room() =>
        Assert.That(() => InternetChecksum.CopyAndAdd(0, new byte[10], new byte[9]), Throws.ArgumentException);

    private static void Fill(byte[] data, Random random, int round)
    {
        switch (round)
        {
            case 0:
                random.NextBytes(data);
                break;
            case 1:
                data.AsSpan().Fill(0xFF);
                break;
            default:
                data.AsSpan().Clear();
                break;
        }
    }
}
