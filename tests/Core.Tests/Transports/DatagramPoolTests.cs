namespace FifoDtls.Tests;

[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class DatagramPoolTests
{
    [TestCase(0, DatagramPool.SmallSize)]
    [TestCase(1, DatagramPool.SmallSize)]
    [TestCase(2048, DatagramPool.SmallSize)]
    [TestCase(2049, DatagramPool.RecordSize)]
    [TestCase(18_445, DatagramPool.RecordSize)]
    [TestCase(20_481, DatagramPool.LargeSize)]
    [TestCase(65_536, DatagramPool.LargeSize)]
    public void Rent_yields_an_empty_buffer_with_room_enough(int size, int capacity)
    {
        DatagramBuffer buffer = new DatagramPool().Rent(size);
        Assert.That(buffer.Capacity, Is.EqualTo(capacity));
        Assert.That(buffer.Space.Length, Is.EqualTo(capacity));
        Assert.That(buffer.Length, Is.Zero);
        Assert.That(buffer.Datagram.Length, Is.Zero);
    }

    [Test]
    public void Rent_refuses_what_no_UDP_datagram_needs() =>
        Assert.That(() => new DatagramPool().Rent(DatagramPool.LargeSize + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase(1), TestCase(2049)]
    public void A_released_buffer_is_rented_again_and_is_empty_then(int size)
    {
        DatagramPool pool = new();
        DatagramBuffer buffer = pool.Rent(size);
        buffer.Length = size;
        buffer.Release();
        DatagramBuffer again = pool.Rent(size);
        Assert.That(again, Is.SameAs(buffer));
        Assert.That(again.Length, Is.Zero);
    }

    [Test]
    public void A_buffer_has_one_owner_at_a_time()
    {
        DatagramPool pool = new();
        DatagramBuffer[] rented = [.. Enumerable.Range(0, 100).Select(_ => pool.Rent(10))];
        Assert.That(rented, Is.Unique);
        foreach (DatagramBuffer buffer in rented)
        {
            buffer.Release();
        }

        Assert.That(Enumerable.Range(0, 100).Select(_ => pool.Rent(10)).ToArray(), Is.EquivalentTo(rented));
    }

    [Test]
    public void Datagram_is_the_filled_part_of_the_space()
    {
        DatagramBuffer buffer = new DatagramPool().Rent(10);
        new byte[] { 1, 2, 3 }.CopyTo(buffer.Space);
        buffer.Length = 2;
        Assert.That(buffer.Datagram.ToArray(), Is.EqualTo(new byte[] { 1, 2 }));
    }

    [Test]
    public void The_pool_keeps_a_bounded_number_of_free_buffers()
    {
        DatagramPool pool = new();
        DatagramBuffer[] first = [.. Enumerable.Range(0, 200).Select(_ => pool.Rent(DatagramPool.LargeSize))];
        foreach (DatagramBuffer buffer in first)
        {
            buffer.Release();
        }

        int reused = Enumerable.Range(0, 200).Select(_ => pool.Rent(DatagramPool.LargeSize)).Intersect(first).Count();
        Assert.That(reused, Is.EqualTo(128));
    }
}
