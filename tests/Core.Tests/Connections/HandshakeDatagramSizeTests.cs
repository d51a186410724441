using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A handshake in smaller datagrams than those of payloads: its last flight may have to be repeated when the side that sends it is established already.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeDatagramSizeTests
{
    private const int Path = 600;
    private const int Afterwards = 9_000;

    private static readonly DtlsConnectionOptions Options = new() { MaxHandshakeDatagramSize = 500, RetransmissionTimeout = TimeSpan.FromMilliseconds(100) };

    /// <summary>libssl cuts a flight anew when it repeats it. A ticket with a certificate in it is larger than the path takes at once.</summary>
    [Test, CancelAfter(90_000)]
    public void A_last_flight_that_was_lost_is_repeated_in_datagrams_of_the_handshakes_size()
    {
        using DtlsContext client = Tickets.Client(certificate: TestPki.ClientRsa, trusted: [TestPki.RsaCa]);
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions(), certificate: TestPki.ServerRsa, trusted: [TestPki.RsaCa]);
        using DtlsPair pair = new(client, server, new FifoTransportOptions { MaxDatagramSize = Afterwards }, Options, serverOptions: Options);
        bool established = false;
        pair.Link.ToServer.Interceptor = OnPath;
        pair.Link.ToClient.Interceptor = (number, datagram, deliver) =>
        {
            // The last flight is sent while the server's handshake is still at it; what follows repeats it.
            bool isLast = Records.Split(datagram).Exists(record => record[0] == DtlsRecord.Handshake && record[13] == 4) || datagram[0] == DtlsRecord.ChangeCipherSpec;
            if (!isLast || Volatile.Read(ref established))
            {
                OnPath(number, datagram, deliver);
            }
        };
        BlockingThread serving = BlockingThread.Start("server", () =>
        {
            pair.Server.Handshake(Limits.Watchdog);
            Volatile.Write(ref established, true);
            Assert.That(pair.Server.Receive(new byte[100], Limits.Watchdog).HasData, Is.True); // repeats the last flight until then
        });

        pair.Client.Handshake(TimeSpan.FromSeconds(20));
        pair.Client.Send([1, 2, 3]);

        serving.Join(Limits.Watchdog);
        foreach (DtlsRole role in (DtlsRole[])[DtlsRole.Client, DtlsRole.Server])
        {
            int limit = pair[role].Negotiated!.MaxPayloadSize;
            Assert.That(limit, Is.InRange(Afterwards - 60, Afterwards), $"the largest payload of the {role}");
            pair[role].Send(new byte[limit]);
            Assert.That(pair.Link.From(role).Sent[^1], Has.Length.InRange(limit, Afterwards));
        }
    }

    private static void OnPath(int number, ReadOnlySpan<byte> datagram, DatagramSender deliver)
    {
        if (datagram.Length <= Path)
        {
            deliver(datagram);
        }
    }
}
