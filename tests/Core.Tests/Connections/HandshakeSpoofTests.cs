using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// What stays possible for somebody who can spoof the peer's address during a handshake: a well-formed message that is due, in the place of the peer's. The attempt then ends with an error that says
/// so, never in an association with a wrong peer, and the next attempt succeeds.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeSpoofTests
{
    private const int Positions = 2; // each side sends that many datagrams of this size

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly DtlsConnectionOptions Timers = new() { RetransmissionTimeout = TimeSpan.FromMilliseconds(50) };
    private static readonly byte[] TypesForServer = [1, 11, 15, 16];
    private static readonly byte[] TypesForClient = [1, 2, 3, 4, 11, 12, 13, 14, 22];

    private static IEnumerable<TestCaseData> Messages =>
        from receiver in (DtlsRole[])[DtlsRole.Client, DtlsRole.Server]
        from type in receiver == DtlsRole.Server ? TypesForServer : TypesForClient
        from ahead in (int[])[0, 1, 3]
        select new TestCaseData(receiver, type, ahead).SetArgDisplayNames($"type {type}, {ahead} ahead, to the {receiver}");

    [TestCaseSource(nameof(Messages)), CancelAfter(90_000)]
    public void A_forged_message_ends_at_most_this_attempt(DtlsRole receiver, byte type, int ahead) =>
        AssertEndsAtMostTheAttempt(receiver, here => [here.Message(type, here.MessageSequence + ahead, new byte[40])]);

    [Test, CancelAfter(90_000)]
    public void A_message_of_another_handshake_ends_at_most_this_attempt([Values] DtlsRole receiver, [Values] bool withLastFlights)
    {
        using DtlsPair other = DtlsPair.Established();
        IReadOnlyList<byte[]> foreign = other.Link.From(receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client).Sent;
        AssertEndsAtMostTheAttempt(receiver, here => withLastFlights ? foreign.Skip(here.Earlier.Count) : foreign);
    }

    [Test, CancelAfter(90_000)]
    public void A_flipped_bit_ends_at_most_this_attempt([Values] DtlsRole receiver, [Range(1, 20)] int round) =>
        AssertEndsAtMostTheAttempt(
            receiver,
            here =>
            {
                byte[] copy = [.. here.Next];
                int bit = here.Random.Next(round % 2 == 0 ? 25 * 8 : copy.Length * 8);
                copy[bit / 8] ^= (byte)(1 << (bit % 8));
                return [copy];
            });

    private static void AssertEndsAtMostTheAttempt(DtlsRole receiver, Func<ForgeryPosition, IEnumerable<byte[]>> forge)
    {
        int seed = Seed.Next();
        for (int position = 1; position <= Positions; position++)
        {
            (Exception? client, Exception? server) = Attempt(receiver, position, forge, new Random(seed));
            TestContext.Out.WriteLine($"before datagram {position}: client {client?.Message ?? "established"} | server {server?.Message ?? "established"}");
            foreach (Exception failure in new[] { client, server }.OfType<Exception>())
            {
                Assert.That(failure, Is.InstanceOf<DtlsException>().Or.InstanceOf<TimeoutException>());
                Assert.That(failure.Message, Does.Not.Contain("SSL_get_error"), "the error is told in words");
            }

            using DtlsPair next = DtlsPair.Established();
            next.AssertAlive();
        }
    }

    private static (Exception? Client, Exception? Server) Attempt(DtlsRole receiver, int position, Func<ForgeryPosition, IEnumerable<byte[]>> forge, Random random)
    {
        using DtlsPair pair = new(clientOptions: Timers, serverOptions: Timers);
        LinkDirection direction = pair.Link.From(receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);
        direction.Interceptor = (number, datagram, deliver) =>
        {
            if (number == position)
            {
                foreach (byte[] forged in forge(new ForgeryPosition(receiver, [.. direction.Sent.Take(number - 1)], datagram.ToArray(), random)))
                {
                    deliver(forged);
                }
            }

            deliver(datagram);
        };
        BlockingThread server = BlockingThread.Start("server", () => pair.Server.Handshake(Deadline));
        BlockingThread client = BlockingThread.Start("client", () => pair.Client.Handshake(Deadline));
        Assert.That(client.TryJoin(Limits.Watchdog) & server.TryJoin(Limits.Watchdog), Is.True, "both handshakes end");
        if (client.Exception is null && server.Exception is null)
        {
            direction.Interceptor = null;
            pair.AssertAlive();
        }

        return (client.Exception, server.Exception);
    }
}
