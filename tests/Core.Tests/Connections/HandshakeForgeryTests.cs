using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Forged and corrupted datagrams before each datagram of each flight, to either side, end no handshake (RFC 6347 §4.1.2.7).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeForgeryTests
{
    private static IEnumerable<Forgery> Kinds => Forgeries.All;

    [Test, CancelAfter(120_000)]
    public void A_forged_datagram_at_any_position_ends_no_handshake(
        [ValueSource(nameof(Kinds))] Forgery kind, [Values] DtlsRole receiver, [Values(512, 1400)] int mtu)
    {
        int seed = Seed.Next();
        DtlsRole sender = receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;
        int position = 1;
        for (int count = 1; position <= count; position++)
        {
            using DtlsPair pair = new(transport: new FifoTransportOptions { MaxDatagramSize = mtu, Capacity = 4096 });
            int at = position;
            LinkDirection direction = pair.Link.From(sender);
            direction.Interceptor = (number, datagram, deliver) =>
            {
                if (number == at)
                {
                    ForgeryPosition here = new(receiver, [.. direction.Sent.Take(number - 1)], datagram.ToArray(), new Random(seed));
                    foreach (byte[] forged in kind.Make(here))
                    {
                        deliver(forged);
                    }
                }

                deliver(datagram);
            };
            Assert.That(pair.Handshake, Throws.Nothing, $"before datagram {at} to the {receiver}");
            count = direction.Count;
            direction.Interceptor = null;
            pair.AssertAlive();
        }

        Assert.That(position, Is.GreaterThan(2), "the handshake has several positions");
    }
}
