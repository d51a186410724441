using FifoDtls.TestSupport;
using FifoDtls.Tests;

namespace FifoDtls.Interop.Tests;

/// <summary>Handshakes with BouncyCastle over a path that loses a datagram, or lets the next one overtake it. Each of a handshake's datagrams has its turn, in each direction.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(120_000)]
public sealed class BouncyLossTests
{
    private static readonly DtlsConnectionOptions Quick = new() { RetransmissionTimeout = TimeSpan.FromMilliseconds(100) };

    // Both sides have certificates: the longest handshake. Ours go in small datagrams, so that there are several of them too.
    private static readonly FifoTransportOptions Narrow = new() { MaxDatagramSize = 500 };

    /// <param name="weServe">Whether BouncyCastle is the client.</param>
    /// <param name="toServer">The direction.</param>
    /// <param name="number">The datagram's number in its direction. The fewest that a handshake has in a direction are 5.</param>
    [Test]
    public void A_handshake_survives_the_loss_of_any_datagram([Values] bool weServe, [Values] bool toServer, [Range(1, 5)] int number)
    {
        int lost = 0;
        Expect(weServe, toServer, (n, datagram, deliver) =>
        {
            if (n == number)
            {
                lost++;
            }
            else
            {
                deliver(datagram);
            }
        });
        Assert.That(lost, Is.EqualTo(1));
    }

    /// <inheritdoc cref="A_handshake_survives_the_loss_of_any_datagram" path="/param"/>
    [Test]
    public void A_handshake_survives_that_any_datagram_is_overtaken([Values] bool weServe, [Values] bool toServer, [Range(1, 5)] int number)
    {
        byte[]? held = null;
        bool overtaken = false;
        Expect(weServe, toServer, (n, datagram, deliver) =>
        {
            if (n == number)
            {
                held = datagram.ToArray();
                return;
            }

            deliver(datagram);
            if (n == number + 1)
            {
                overtaken = true;
                deliver(held);
            }
        });
        Assert.That(overtaken, Is.True);
    }

    private static void Expect(bool weServe, bool toServer, Interceptor interceptor)
    {
        MemoryLink link = new(Narrow);
        (toServer ? link.ToServer : link.ToClient).Interceptor = interceptor;
        using DtlsContext serving = Contexts.Server(TestPki.Server, DtlsClientCertificates.Required);
        using DtlsContext calling = Contexts.Client(TestPki.Client);
        using BouncyPair pair = weServe
            ? BouncyPair.Serve(serving, new BouncyClient { Identity = new BouncyIdentity(TestPki.Client) }, link, Quick)
            : BouncyPair.Call(calling, new BouncyServer(new BouncyIdentity(TestPki.Server)) { AsksForCertificate = true }, link, Quick);
        pair.Establish();
    }
}
