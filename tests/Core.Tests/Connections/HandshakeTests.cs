using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What a handshake settles, and with which certificates and datagram sizes it works.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeTests
{
    // IANA: ECDHE with AES-GCM or ChaCha20-Poly1305, RSA or ECDSA certificates.
    private static readonly TlsCipherSuite[] Strong =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    [Test]
    public void Both_sides_know_what_was_negotiated()
    {
        using DtlsPair pair = new();
        Assert.That(pair.Client.State, Is.EqualTo(DtlsConnectionState.New));
        Assert.That(pair.Client.Negotiated, Is.Null);
        Assert.That(pair.Link.ToServer.Count, Is.Zero, "nothing is sent before the handshake");
        pair.Handshake();
        Assert.That((pair.Client.State, pair.Server.State), Is.EqualTo((DtlsConnectionState.Established, DtlsConnectionState.Established)));
        Assert.That((pair.Client.Role, pair.Server.Role), Is.EqualTo((DtlsRole.Client, DtlsRole.Server)));
        DtlsNegotiated client = pair.Client.Negotiated!;
        DtlsNegotiated server = pair.Server.Negotiated!;
        Assert.That((client.Version, server.Version), Is.EqualTo((DtlsVersion.Dtls12, DtlsVersion.Dtls12)));
        Assert.That(client.CipherSuite, Is.AnyOf(Strong).And.EqualTo(server.CipherSuite));
        Assert.That(client.MaxPayloadSize, Is.EqualTo(server.MaxPayloadSize));
        Assert.That(client.PeerCertificate!.RawData, Is.EqualTo(TestPki.Server.RawData));
        Assert.That(server.PeerCertificate!.RawData, Is.EqualTo(TestPki.Client.RawData));
        pair.AssertAlive();
    }

    [Test]
    public void RSA_certificates_work_on_both_sides()
    {
        using DtlsContext client = TestContexts.Make(TestPki.ClientRsa, TestPki.RsaCa);
        using DtlsContext server = TestContexts.Make(TestPki.ServerRsa, TestPki.RsaCa);
        using DtlsPair pair = DtlsPair.Established(client, server);
        Assert.That(pair.Client.Negotiated!.CipherSuite.ToString(), Does.StartWith("TLS_ECDHE_RSA_"));
        pair.AssertAlive();
    }

    [Test]
    public void A_client_without_a_certificate_is_served_where_none_is_asked_for()
    {
        using DtlsPair pair = DtlsPair.Established(TestContexts.AnonymousClient, TestContexts.OpenServer);
        Assert.That(pair.Server.Negotiated!.PeerCertificate, Is.Null);
        Assert.That(pair.Client.Negotiated!.PeerCertificate, Is.Not.Null);
        pair.AssertAlive();
    }

    [Test]
    public void A_client_that_does_not_verify_takes_a_server_of_an_unknown_authority()
    {
        using DtlsContext server = TestContexts.Make(TestPki.ServerOfOtherCa, null, clients: DtlsClientCertificates.None);
        using DtlsPair pair = DtlsPair.Established(TestContexts.CredulousClient, server);
        Assert.That(pair.Client.Negotiated!.PeerCertificate!.RawData, Is.EqualTo(TestPki.ServerOfOtherCa.RawData));
        pair.AssertAlive();
    }

    [TestCase("localhost"), TestCase(TestPki.ServerName), TestCase("127.0.0.1"), TestCase("::1"), TestCase("LOCALHOST")]
    public void A_server_name_that_the_certificate_carries_is_accepted(string name)
    {
        using DtlsPair pair = new(clientOptions: new DtlsConnectionOptions { ServerName = name });
        pair.Handshake();
        pair.AssertAlive();
    }

    [Test]
    public void A_chain_of_intermediates_is_sent_along()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.ChainedServer, TestPki.Intermediate.Certificate);
        using DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
        using DtlsPair pair = DtlsPair.Established(TestContexts.AnonymousClient, server);
        pair.AssertAlive();
    }

    [TestCase(256), TestCase(576), TestCase(1400)]
    public void No_datagram_is_larger_than_the_transport_takes(int mtu)
    {
        using DtlsContext client = LongChain(DtlsRole.Client);
        using DtlsContext server = LongChain(DtlsRole.Server);
        using DtlsPair pair = DtlsPair.Established(client, server, new FifoTransportOptions { MaxDatagramSize = mtu });
        byte[] payload = new byte[pair.Client.Negotiated!.MaxPayloadSize];
        pair.Client.Send(payload);
        pair.Server.Send(payload);
        foreach (DtlsRole role in (DtlsRole[])[DtlsRole.Client, DtlsRole.Server])
        {
            IReadOnlyList<byte[]> sent = pair.Link.From(role).Sent;
            Assert.That(sent.Max(datagram => datagram.Length), Is.LessThanOrEqualTo(mtu));
            Assert.That(sent, Has.Count.GreaterThan(3000 / mtu), "the flights are fragmented");
        }
    }

    [TestCase(256), TestCase(576), TestCase(1400), TestCase(16_000), TestCase(16_421), TestCase(16_422), TestCase(65_535)]
    public void MaxPayloadSize_fits_a_datagram_and_one_more_byte_is_refused(int mtu)
    {
        using DtlsPair pair = DtlsPair.Established(transport: new FifoTransportOptions { MaxDatagramSize = mtu });
        int limit = pair.Client.Negotiated!.MaxPayloadSize;
        byte[] payload = new byte[limit];
        new Random(mtu).NextBytes(payload);
        byte[] buffer = new byte[limit];
        pair.Client.Send(payload);
        Assert.That(pair.Link.ToServer.Sent[^1], Has.Length.LessThanOrEqualTo(mtu));
        Assert.That(pair.Server.Receive(buffer, Limits.Watchdog), Is.EqualTo(new DtlsReceiveResult(DtlsReceiveStatus.Data, limit)));
        Assert.That(buffer, Is.EqualTo(payload));
        Assert.That(() => pair.Client.Send(new byte[limit + 1]), Throws.ArgumentException.With.Message.Contains($"1 to {limit} bytes"));
        Assert.That(() => pair.Client.Send([]), Throws.ArgumentException);
        pair.AssertAlive();
    }

    [Test]
    public void MaxPayloadSize_wastes_nothing()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Client.Send(new byte[pair.Client.Negotiated!.MaxPayloadSize]);
        Assert.That(pair.Link.ToServer.Sent[^1], Has.Length.EqualTo(1400));
    }

    [Test]
    public void A_handshake_is_done_once()
    {
        using DtlsPair pair = DtlsPair.Established();
        Assert.That(() => pair.Client.Handshake(TimeSpan.Zero), Throws.InvalidOperationException.With.Message.Contains("Established"));
        pair.AssertAlive();
    }

    [Test]
    public void Nothing_can_be_sent_or_received_before_the_handshake()
    {
        using DtlsPair pair = new();
        Assert.That(() => pair.Client.Send([1]), Throws.InvalidOperationException.With.Message.Contains("handshake"));
        Assert.That(() => pair.Client.Receive(new byte[1], TimeSpan.Zero), Throws.InvalidOperationException.With.Message.Contains("handshake"));
        pair.Handshake();
        pair.AssertAlive();
    }

    // Three RSA certificates a side: about 3 KB.
    private static DtlsContext LongChain(DtlsRole role)
    {
        X509Certificate2 leaf = Chain.Second.Issue(new LeafProfile { CommonName = $"{role} at the end of a long chain", Key = KeyKind.Rsa2048 });
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(leaf, Chain.Second.Certificate, Chain.First.Certificate);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [TestPki.RsaCa] });
    }

    private static class Chain
    {
        internal static readonly TestAuthority First = TestPki.RsaAuthority.CreateIntermediate("First intermediate of a long chain", KeyKind.Rsa2048);
        internal static readonly TestAuthority Second = First.CreateIntermediate("Second intermediate of a long chain", KeyKind.Rsa2048);
    }
}
