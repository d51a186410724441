using System.Security.Cryptography;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>One handshake that is disturbed, and how it ends on both sides.</summary>
internal sealed class DisturbedHandshake
{
    internal const string Established = "established";
    internal const string TimedOut = "timed out";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly HandshakeShape _shape;
    private readonly DtlsRole _receiver;
    private readonly Manipulation _manipulation;
    private readonly bool _afterwards;
    private readonly byte[] _payload = RandomNumberGenerator.GetBytes(24);

    /// <param name="shape">Which handshake.</param>
    /// <param name="receiver">The side to which the disturbed messages go.</param>
    /// <param name="manipulation">What is done to them.</param>
    /// <param name="afterwards">It is done when both sides are established.</param>
    internal DisturbedHandshake(HandshakeShape shape, DtlsRole receiver, Manipulation manipulation, bool afterwards)
    {
        _shape = shape;
        _receiver = receiver;
        _manipulation = manipulation;
        _afterwards = afterwards;
    }

    /// <summary>Runs it.</summary>
    /// <param name="expected">How it should end. Where a side should time out, it gets less time; a side that should end by itself is waited for.</param>
    internal HandshakeOutcome Run(HandshakeOutcome expected)
    {
        using DtlsPair pair = ShapedPair.Make(_shape);
        LinkDirection direction = pair.Link.From(_receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);
        Interceptor? before = direction.Interceptor;
        if (!_afterwards)
        {
            Assert.That(before, Is.Null, "nobody else interferes in this direction");
            direction.Interceptor = _manipulation.Intercept;
        }

        BlockingThread<string> server = BlockingThread.Start("server", () => OutcomeOf(pair.Server, () => Echo(pair.Server, DeadlineFor(expected.Server))));
        BlockingThread<string> client = BlockingThread.Start("client", () => OutcomeOf(pair.Client, () => Ask(pair, direction, DeadlineFor(expected.Client))));
        string clientEnd = client.Join(Limits.LongWatchdog);
        if (expected.Server == Established || clientEnd == Established)
        {
            if (clientEnd == Established)
            {
                ShapedPair.AssertAgrees(_shape, pair);
            }

            pair.Server.Close();
        }

        return new HandshakeOutcome(clientEnd, server.Join(Limits.LongWatchdog));
    }

    private static TimeSpan DeadlineFor(string expected) => expected == TimedOut ? TimeSpan.FromSeconds(1.5) : Limits.Watchdog;

    private static string OutcomeOf(DtlsConnection connection, Action life)
    {
        try
        {
            life();
            return Established;
        }
        catch (Exception exception) when (exception is DtlsException or TimeoutException)
        {
            Assert.That(connection.State, Is.EqualTo(DtlsConnectionState.Failed));
            return (connection.Negotiated is null ? "" : Established + ", then ") + exception switch
            {
                DtlsCertificateException => "certificate refused",
                DtlsProtocolException { Alert: { } alert, AlertSender: { } sender } => $"{alert} {(sender == DtlsSide.Local ? "sent" : "received")}",
                TimeoutException or { InnerException: TimeoutException } => TimedOut,
                _ => exception.GetType().Name,
            };
        }
    }

    private void Echo(DtlsConnection server, TimeSpan deadline)
    {
        byte[] buffer = new byte[2048];
        server.Handshake(deadline);
        while (true)
        {
            DtlsReceiveResult result = server.Receive(buffer);
            if (!result.HasData)
            {
                Assert.That(result.Status, Is.EqualTo(DtlsReceiveStatus.ClosedLocally));
                return;
            }

            AssertGenuine(buffer.AsSpan(0, result.Length));
            try
            {
                server.Send(_payload);
            }
            catch (DtlsClosedException closed) when (closed.ClosedBy == DtlsSide.Local)
            {
                return; // the client, which asks until it is answered, has been answered before
            }
        }
    }

    private void Ask(DtlsPair pair, LinkDirection direction, TimeSpan deadline)
    {
        pair.Client.Handshake(deadline);
        AskUntilAnswered(pair.Client);
        if (_afterwards)
        {
            _manipulation.DeliverLate(direction.Deliver);
            AskUntilAnswered(pair.Client);
            AskUntilAnswered(pair.Client); // the first answer may have been on its way before
        }
    }

    private void AskUntilAnswered(DtlsConnection client)
    {
        byte[] buffer = new byte[2048];
        DtlsReceiveResult result;
        do
        {
            client.Send(_payload);
            result = client.Receive(buffer, Poll);
        }
        while (result.Status == DtlsReceiveStatus.TimedOut);

        Assert.That(result.HasData, Is.True);
        AssertGenuine(buffer.AsSpan(0, result.Length));
    }

    private void AssertGenuine(ReadOnlySpan<byte> received) => Assert.That(received.SequenceEqual(_payload), Is.True, "nothing but what the other side sent is delivered");
}
