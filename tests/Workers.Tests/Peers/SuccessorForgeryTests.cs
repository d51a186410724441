namespace FifoDtls.Tests;

/// <summary>Forged and corrupted datagrams at a live peer while its successor handshakes at the same address (RFC 6347 §4.2.8): neither is ended by them.</summary>
[Parallelizable(ParallelScope.Children)]
public sealed class SuccessorForgeryTests
{
    private const int MaxDatagramSize = 512; // so that the client's flights have several datagrams

    // Of each kind, so that no buffer on the way overflows.
    private const int ForgeriesAtOnce = 60;

    private static IEnumerable<TestCaseData> Kinds => Forgeries.All.Select(kind => new TestCaseData(kind).SetArgDisplayNames(kind.Name));

    [TestCaseSource(nameof(Kinds)), Watchdog(90)]
    public void The_old_session_echoes_on_until_the_successor_is_complete(object kind)
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        int position = 1;
        for (int count = 1; position <= count; position++)
        {
            count = Reconnect((Forgery)kind, position, new Random(seed));
        }

        Assert.That(position, Is.GreaterThan(4), "two ClientHellos and a flight of several datagrams");
    }

    /// <returns>How many datagrams the new client has sent.</returns>
    private static int Reconnect(Forgery kind, int position, Random random)
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using ForkedClient client = new(server.LocalEndPoint);
        EchoClient old = EchoClient.Of(client.Old, 1);
        List<byte[]> earlier = [];
        using DtlsConnection anew = client.Anew(
            (number, datagram) =>
            {
                if (number == position)
                {
                    Attack(client, old, kind, new ForgeryPosition(DtlsRole.Server, [.. earlier], datagram, random));
                }

                earlier.Add(datagram);
            },
            MaxDatagramSize);
        Assert.That(() => anew.Handshake(TestEndpoints.Limit), Throws.Nothing, $"before datagram {position} from the client");
        int count = earlier.Count;
        EchoClient.Of(anew, 2).RoundTrips(3);
        Assert.That(old.Repeated, Is.Zero);
        Assert.That(server.Statistics.Accepted, Is.EqualTo(2));
        return count;
    }

    private static void Attack(ForkedClient client, EchoClient old, Forgery kind, ForgeryPosition here)
    {
        byte[][] forgeries = [.. kind.Make(here)];
        here.Random.Shuffle(forgeries);
        foreach (byte[] forged in forgeries.Take(ForgeriesAtOnce))
        {
            client.SendRaw(forged);
        }

        if (!forgeries.Any(forged => forged.AsSpan().IndexOf(here.Next) >= 0)) // the genuine datagram may be the successor's last
        {
            old.RoundTrips(2);
        }
    }
}
