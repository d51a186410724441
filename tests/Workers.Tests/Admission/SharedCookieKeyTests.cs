using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Several servers behind a balancer accept each other's cookies when they have the same key.</summary>
public sealed class SharedCookieKeyTests
{
    private static readonly TimeSpan Rotation = TimeSpan.FromSeconds(60);
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)(200 - i))];
    private static readonly SocketAddress Source = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5000).Serialize();

    [Test]
    public void Keys_from_the_same_secret_accept_each_others_cookies_through_rotations()
    {
        var clock = new FakeClock();
        using var one = new CookieKeys(Rotation, clock, Key);
        clock.Advance(TimeSpan.FromSeconds(7)); // another start
        using var other = new CookieKeys(Rotation, clock, Key);
        for (int i = 0; i < 5; i++)
        {
            HelloBuilder answer = Answer(one, Source);
            Assert.That(IsValid(other, answer, Source), Is.True, "in the same rotation");
            clock.Advance(Rotation);
            Assert.That(IsValid(other, answer, Source), Is.True, "in the next one");
            Assert.That(Answer(one, Source).Cookie, Is.Not.EqualTo(answer.Cookie), "the key has been replaced");
            clock.Advance(Rotation);
            Assert.That(IsValid(other, answer, Source), Is.False, "in the one after");
            Assert.That(IsValid(one, answer, Source), Is.False, "in the one after, where it was made");
        }
    }

    [Test]
    public void A_cookie_of_a_server_whose_clock_is_ahead_by_up_to_a_rotation_is_accepted()
    {
        var clock = new FakeClock();
        var ahead = new FakeClock();
        using var keys = new CookieKeys(Rotation, clock, Key);
        using var other = new CookieKeys(Rotation, ahead, Key);

        ahead.Advance(Rotation);
        Assert.That(IsValid(keys, Answer(other, Source), Source), Is.True);
        Assert.That(IsValid(other, Answer(keys, Source), Source), Is.True, "and the other way round");

        ahead.Advance(Rotation);
        Assert.That(IsValid(keys, Answer(other, Source), Source), Is.False);
    }

    [Test]
    public void Keys_from_other_secrets_and_random_ones_accept_nothing_of_each_other()
    {
        var clock = new FakeClock();
        byte[] changed = [.. Key];
        changed[^1] ^= 1;
        using var one = new CookieKeys(Rotation, clock, Key);
        using var other = new CookieKeys(Rotation, clock, changed);
        using var random = new CookieKeys(Rotation, clock);
        HelloBuilder answer = Answer(one, Source);

        Assert.That(IsValid(one, answer, Source), Is.True);
        Assert.That(IsValid(other, answer, Source), Is.False);
        Assert.That(IsValid(random, answer, Source), Is.False);
        Assert.That(IsValid(one, Answer(random, Source), Source), Is.False);
    }

    [Test]
    public void An_IPv4_source_is_the_same_to_a_server_that_sees_it_through_a_socket_of_both_families()
    {
        using var keys = new CookieKeys(Rotation, new FakeClock(), Key);
        SocketAddress mapped = new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.1"), 5000).Serialize();
        SocketAddress otherPort = new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.1"), 5001).Serialize();
        SocketAddress scoped = new IPEndPoint(IPAddress.Parse("fe80::1%1"), 5000).Serialize();
        SocketAddress otherScope = new IPEndPoint(IPAddress.Parse("fe80::1%2"), 5000).Serialize();

        Assert.That(IsValid(keys, Answer(keys, Source), mapped), Is.True);
        Assert.That(IsValid(keys, Answer(keys, Source), otherPort), Is.False);
        Assert.That(IsValid(keys, Answer(keys, scoped), scoped), Is.True);
        Assert.That(IsValid(keys, Answer(keys, scoped), otherScope), Is.False);
    }

    [Test]
    public void Disposal_clears_the_copy_and_not_what_the_caller_holds()
    {
        byte[] callers = [.. Key];
        var clock = new FakeClock();
        var keys = new CookieKeys(Rotation, clock, callers);
        HelloBuilder before = Answer(keys, Source);
        callers[0] ^= 1;
        Assert.That(IsValid(keys, before, Source), Is.True, "it is a copy");
        callers[0] ^= 1;

        keys.Dispose();

        Assert.That(callers, Is.EqualTo(Key));
        using var zero = new CookieKeys(Rotation, clock, new byte[32]);
        clock.Advance(Rotation); // what is derived now comes from what disposal has left
        Assert.That(Answer(keys, Source).Cookie, Is.EqualTo(Answer(zero, Source).Cookie));
    }

    [Test, Watchdog(60)]
    public void A_real_client_whose_second_ClientHello_reaches_another_server_with_the_key_is_served_there()
    {
        using DtlsEndpoint first = Server(Key);
        using DtlsEndpoint second = Server(Key);
        using var client = new RawClient(second.LocalEndPoint);
        DtlsConnection connection = client.Begin(TestContexts.Client, (number, datagram) =>
        {
            if (number > 0)
            {
                return datagram;
            }

            client.SendRawTo(datagram, first.LocalEndPoint);
            return null;
        });

        connection.Handshake(TestEndpoints.Limit);

        EchoClient.Of(connection).RoundTrips(3);
        Assert.That((first.Statistics.HelloVerifyRequests, first.Statistics.Accepted), Is.EqualTo((1, 0)));
        Assert.That((second.Statistics.HelloVerifyRequests, second.Statistics.Accepted), Is.EqualTo((0, 1)));
    }

    [Test, Watchdog(60)]
    public void A_server_with_its_own_random_key_takes_no_cookie_of_another()
    {
        using DtlsEndpoint first = Server(Key);
        using DtlsEndpoint second = Server([]);
        using var client = new RawClient(first.LocalEndPoint);
        var hello = new HelloBuilder();
        client.SendRaw(hello.Build());
        byte[] answer = client.ReceiveRaw(TestEndpoints.Limit)!;

        client.SendRawTo((hello with { Cookie = HelloBuilder.CookieOf(answer), MessageSequence = 1 }).Build(), second.LocalEndPoint);

        Eventually.Equal(1, () => second.Statistics.InvalidCookies, TestEndpoints.Limit, "the cookies of others");
        Assert.That(second.Statistics.Peers, Is.Zero);
    }

    private static DtlsEndpoint Server(byte[] key) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = TestEndpoints.Loopback,
        ServerContext = TestContexts.Server,
        Session = Sessions.Echo,
        CookieKey = key,
        MaxParkedThreads = 0,
    });

    private static HelloBuilder Answer(CookieKeys keys, SocketAddress source)
    {
        var builder = new HelloBuilder();
        Assert.That(ClientHello.TryParse(builder.Build(), out ClientHello hello), Is.True);
        byte[] cookie = new byte[CookieKeys.CookieSize];
        Assert.That(keys.TryMake(hello, source, cookie), Is.True);
        return builder with { Cookie = cookie, MessageSequence = 1 };
    }

    private static bool IsValid(CookieKeys keys, HelloBuilder builder, SocketAddress source)
    {
        Assert.That(ClientHello.TryParse(builder.Build(), out ClientHello hello), Is.True);
        return keys.IsValid(hello, source, out _);
    }
}
