using System.Net;

namespace FifoDtls.Tests;

public sealed class CookieKeysTests
{
    private static readonly TimeSpan Rotation = TimeSpan.FromSeconds(60);
    private static readonly SocketAddress Source = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5000).Serialize();

    [Test]
    public void A_cookie_is_valid_for_the_source_and_the_parameters_that_it_was_made_for()
    {
        using var keys = new CookieKeys(Rotation, new FakeClock());
        var first = new HelloBuilder { Session = [1, 2], Suites = [0xC0, 0x2B, 0xC0, 0x2C] };
        HelloBuilder second = first with { Cookie = Make(keys, first), MessageSequence = 1, RecordSequence = 1, Extensions = [0, 0] };

        Assert.That(IsValid(keys, second, Source), Is.True);
        Assert.That(IsValid(keys, second, new IPEndPoint(IPAddress.Parse("192.0.2.2"), 5000).Serialize()), Is.False, "another address");
        Assert.That(IsValid(keys, second, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5001).Serialize()), Is.False, "another port");
        Assert.That(IsValid(keys, second with { Random = new byte[32] }, Source), Is.False, "another random");
        Assert.That(IsValid(keys, second with { Session = [1, 3] }, Source), Is.False, "another session");
        Assert.That(IsValid(keys, second with { Suites = [0xC0, 0x2B] }, Source), Is.False, "other cipher suites");
        Assert.That(IsValid(keys, second with { Compression = [0, 1] }, Source), Is.False, "other compression methods");
    }

    [Test]
    public void A_cookie_with_any_bit_changed_is_not_valid()
    {
        using var keys = new CookieKeys(Rotation, new FakeClock());
        var hello = new HelloBuilder();
        byte[] cookie = Make(keys, hello);
        for (int bit = 0; bit < cookie.Length * 8; bit++)
        {
            byte[] changed = [.. cookie];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(IsValid(keys, hello with { Cookie = changed }, Source), Is.False, $"bit {bit}");
        }

        Assert.That(IsValid(keys, hello with { Cookie = [] }, Source), Is.False);
        Assert.That(IsValid(keys, hello with { Cookie = cookie[..^1] }, Source), Is.False);
        Assert.That(IsValid(keys, hello with { Cookie = [.. cookie, 0] }, Source), Is.False);
    }

    [Test]
    public void Bytes_that_move_from_one_field_to_the_next_make_another_cookie()
    {
        using var keys = new CookieKeys(Rotation, new FakeClock());
        var one = new HelloBuilder { Suites = [0xC0, 0x2B], Compression = [0, 1] };
        var other = new HelloBuilder { Suites = [0xC0, 0x2B, 2, 0], Compression = [1] };

        Assert.That(Make(keys, one), Is.Not.EqualTo(Make(keys, other)));
    }

    [Test]
    public void The_previous_key_is_accepted_and_an_older_one_is_not()
    {
        var clock = new FakeClock();
        using var keys = new CookieKeys(Rotation, clock);
        var hello = new HelloBuilder();
        HelloBuilder answer = hello with { Cookie = Make(keys, hello) };

        clock.Advance(Rotation);
        Assert.That(Make(keys, hello), Is.Not.EqualTo(answer.Cookie), "the key has been replaced");
        Assert.That(IsValid(keys, answer, Source), Is.True, "made with the previous key");

        clock.Advance(Rotation);
        Assert.That(IsValid(keys, answer, Source), Is.False, "made with the key before");
    }

    [Test]
    public void After_a_long_silence_both_keys_are_replaced()
    {
        var clock = new FakeClock();
        using var keys = new CookieKeys(Rotation, clock);
        var hello = new HelloBuilder();
        HelloBuilder answer = hello with { Cookie = Make(keys, hello) };

        clock.Advance(2 * Rotation);

        Assert.That(IsValid(keys, answer, Source), Is.False);
    }

    [Test]
    public void A_ClientHello_larger_than_any_real_one_gets_no_cookie()
    {
        using var keys = new CookieKeys(Rotation, new FakeClock());
        ClientHello.TryParse(new HelloBuilder { Suites = new byte[4_000] }.Build(), out ClientHello hello);

        Assert.That(keys.TryMake(hello, Source, new byte[CookieKeys.CookieSize]), Is.False);
    }

    [Test]
    public void Of_two_cookies_the_one_that_was_made_later_is_greater()
    {
        var clock = new FakeClock();
        using var keys = new CookieKeys(Rotation, clock);
        HelloBuilder[] answers = new HelloBuilder[3];
        for (int i = 0; i < answers.Length; i++)
        {
            var hello = new HelloBuilder { Random = [.. Enumerable.Repeat((byte)i, 32)] };
            answers[i] = hello with { Cookie = Make(keys, hello) };
            clock.Advance(i == 0 ? TimeSpan.FromMicroseconds(1) : Rotation / 2);
        }

        Assert.That(answers.Select(answer => Order(keys, answer)), Is.Ordered.And.Unique);
    }

    [Test]
    public void Cookies_that_other_servers_make_too_have_no_order()
    {
        using var keys = new CookieKeys(Rotation, new FakeClock(), new byte[32]);
        var hello = new HelloBuilder();

        Assert.That(Order(keys, hello with { Cookie = Make(keys, hello) }), Is.EqualTo(CookieKeys.Unordered));
    }

    private static long Order(CookieKeys keys, HelloBuilder builder)
    {
        Assert.That(ClientHello.TryParse(builder.Build(), out ClientHello hello), Is.True);
        Assert.That(keys.IsValid(hello, Source, out long order), Is.True);
        return order;
    }

    private static byte[] Make(CookieKeys keys, HelloBuilder builder)
    {
        Assert.That(ClientHello.TryParse(builder.Build(), out ClientHello hello), Is.True);
        byte[] cookie = new byte[CookieKeys.CookieSize];
        Assert.That(keys.TryMake(hello, Source, cookie), Is.True);
        return cookie;
    }

    private static bool IsValid(CookieKeys keys, HelloBuilder builder, SocketAddress source)
    {
        Assert.That(ClientHello.TryParse(builder.Build(), out ClientHello hello), Is.True);
        return keys.IsValid(hello, source, out _);
    }
}
