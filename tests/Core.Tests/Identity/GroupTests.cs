using System.Buffers.Binary;
using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The groups of the ephemeral key exchange. ECDHE_PSK, so that no certificate's curve has a say.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(60_000)]
internal sealed class GroupTests
{
    private const byte ServerKeyExchange = 12;

    private static DtlsContext Context(params DtlsGroup[] groups) => new(new DtlsContextOptions
    {
        ClientPsk = _ => new DtlsPsk("someone", new byte[16]),
        ServerPsk = _ => new byte[16],
        CipherSuites = [TlsCipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256],
        Groups = groups,
    });

    [Test]
    public void The_one_group_of_a_client_is_used([Values] DtlsGroup group)
    {
        using DtlsContext client = Context(group);
        using DtlsContext server = Context();
        Assert.That(GroupOf(client, server), Is.EqualTo(group));
    }

    [Test]
    public void The_default_is_X25519()
    {
        using DtlsContext context = Context();
        Assert.That(GroupOf(context, context), Is.EqualTo(DtlsGroup.X25519));
    }

    [Test]
    public void The_servers_order_rules()
    {
        using DtlsContext client = Context(DtlsGroup.X25519, DtlsGroup.P256, DtlsGroup.P384);
        using DtlsContext server = Context(DtlsGroup.P384, DtlsGroup.P384, DtlsGroup.X25519);
        Assert.That(GroupOf(client, server), Is.EqualTo(DtlsGroup.P384));
    }

    [Test]
    public void Without_a_common_group_the_handshake_is_refused()
    {
        using DtlsContext client = Context(DtlsGroup.X448);
        using DtlsContext server = Context(DtlsGroup.P521);
        using DtlsPair pair = new(client, server);
        (Exception? clientFailure, Exception? serverFailure) = pair.HandshakeFailures();
        Assert.That(clientFailure, Is.TypeOf<DtlsProtocolException>().With.Property("AlertSender").EqualTo(DtlsSide.Remote));
        Assert.That(serverFailure, Is.TypeOf<DtlsProtocolException>().With.Property("AlertSender").EqualTo(DtlsSide.Local));
    }

    [TestCase(DtlsGroup.P256, true), TestCase(DtlsGroup.X25519, false)]
    public void The_curve_of_the_servers_certificate_must_be_among_the_clients_groups(DtlsGroup group, bool served)
    {
        using DtlsContext client = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], Groups = [group] });
        using DtlsPair pair = new(client, TestContexts.OpenServer);
        Assert.That(pair.HandshakeFailures().Client, served ? Is.Null : Is.TypeOf<DtlsProtocolException>());
    }

    [Test]
    public void A_value_that_is_no_group_is_refused() => Assert.That(() => Context((DtlsGroup)1), Throws.ArgumentException.With.Message.Contains("Groups names 1"));

    // The named curve that the server's key exchange says (RFC 8422 §5.4); with PSK the hint stands before it (RFC 5489 §2).
    private static DtlsGroup GroupOf(DtlsContext client, DtlsContext server)
    {
        using DtlsPair pair = new(client, server);
        pair.Handshake();
        pair.AssertAlive();
        byte[] message = pair.Link.ToClient.Sent
            .SelectMany(datagram => Records.Split(datagram))
            .First(record => record[0] == DtlsRecord.Handshake && DtlsRecord.Epoch(record) == 0 && record[13] == ServerKeyExchange);
        int at = 13 + 12;
        at += 2 + BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));
        Assert.That(message[at], Is.EqualTo(3), "named_curve");
        return (DtlsGroup)BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at + 1));
    }
}
