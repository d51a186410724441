using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A path that carries no large datagrams: the handshake is cut into smaller ones (RFC 6347 §4.1.1.1).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class MtuFallbackTests
{
    private static readonly FifoTransportOptions Large = new() { MaxDatagramSize = 4_000 };
    private static readonly DtlsConnectionOptions Quick = new() { RetransmissionTimeout = TimeSpan.FromMilliseconds(50), MaxRetransmissionTimeout = TimeSpan.FromMilliseconds(200) };

    [TestCase(1_200, 1_000, 1_200, DtlsRole.Server)]
    [TestCase(548, 400, 548, DtlsRole.Server, DtlsRole.Client)]
    public void Flights_that_are_too_large_for_the_path_are_sent_in_smaller_datagrams(int path, int atLeast, int atMost, params DtlsRole[] lowered)
    {
        // RSA certificates, so that the server's flight has more than 1,200 bytes.
        using DtlsContext client = TestContexts.Make(TestPki.ClientRsa, TestPki.RsaCa);
        using DtlsContext server = TestContexts.Make(TestPki.ServerRsa, TestPki.RsaCa);
        using DtlsPair pair = new(client, server, Large, Quick, serverOptions: Quick);
        pair.Link.ToServer.Interceptor = Drop(path);
        pair.Link.ToClient.Interceptor = Drop(path);
        pair.Handshake();
        foreach (DtlsRole role in lowered)
        {
            int limit = pair[role].Negotiated!.MaxPayloadSize;
            Assert.That(limit, Is.InRange(atLeast, atMost - 1), $"the largest payload of the {role}");
            pair.AssertDelivers(role, new string('x', limit));
        }
    }

    [Test]
    public void A_flight_of_small_datagrams_that_is_lost_does_not_make_payloads_smaller()
    {
        using DtlsPair pair = new(transport: Large, clientOptions: Quick, serverOptions: Quick);
        pair.Link.ToServer.Interceptor = (number, datagram, deliver) =>
        {
            if (number > 4)
            {
                deliver(datagram); // four ClientHellos are lost
            }
        };
        pair.Handshake();
        Assert.That(pair.Client.Statistics.Retransmissions, Is.GreaterThanOrEqualTo(4));
        Assert.That(pair.Client.Negotiated!.MaxPayloadSize, Is.GreaterThan(3_900));
    }

    private static Interceptor Drop(int larger) => (_, datagram, deliver) =>
    {
        if (datagram.Length <= larger)
        {
            deliver(datagram);
        }
    };
}
