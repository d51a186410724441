using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>No datagram of a handshake is larger than the transport takes, wherever the cuts between the messages fall.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeDatagramLimitTests
{
    private const int Step = 7; // what libssl forgets to leave room for is 24 bytes

    /// <summary>libssl alone puts an encrypted Finished behind the other records of the flight where there is no room for its nonce and tag.</summary>
    [Test, CancelAfter(90_000)]
    public void Every_datagram_keeps_to_the_limit([Values] bool tickets)
    {
        using DtlsContext client = Tickets.Client(certificate: TestPki.ClientRsa, trusted: [TestPki.RsaCa]);
        using DtlsContext server = tickets
            ? Tickets.Server(new DtlsTicketOptions(), certificate: TestPki.ServerRsa, trusted: [TestPki.RsaCa])
            : TestContexts.Make(TestPki.ServerRsa, TestPki.RsaCa);
        for (int limit = DtlsConnection.MinDatagramSize; limit < 430; limit += Step)
        {
            using DtlsPair pair = DtlsPair.Established(client, server, new FifoTransportOptions { MaxDatagramSize = limit });
            foreach (DtlsRole role in (DtlsRole[])[DtlsRole.Client, DtlsRole.Server])
            {
                Assert.That(pair.Link.From(role).Sent.Select(datagram => datagram.Length), Is.All.LessThanOrEqualTo(limit), $"the {role}'s");
            }

            pair.AssertAlive();
        }
    }
}
