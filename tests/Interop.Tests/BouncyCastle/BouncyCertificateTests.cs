using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;
using FifoDtls.Tests;
using Org.BouncyCastle.Crypto.Tls;

namespace FifoDtls.Interop.Tests;

/// <summary>Certificates and BouncyCastle, whose DTLS shares no code with libssl and runs over <see cref="FifoTransport"/> too.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class BouncyCertificateTests
{
    private static X509Certificate2 ServerCertificate(bool rsa) => rsa ? TestPki.ServerRsa : TestPki.Server;

    private static X509Certificate2 ClientCertificate(bool rsa) => rsa ? TestPki.ClientRsa : TestPki.Client;

    [Test]
    public void Its_client_is_served([Values] bool rsa)
    {
        using DtlsContext context = Contexts.Server(ServerCertificate(rsa));
        BouncyClient client = new();
        using BouncyPair pair = BouncyPair.Serve(context, client);
        pair.Establish();
        Assert.That(client.ServerChain!.GetCertificateAt(0).GetEncoded(), Is.EqualTo(ServerCertificate(rsa).RawData));
        pair.Close();
    }

    [Test]
    public void Its_server_is_verified([Values] bool rsa)
    {
        using DtlsContext context = Contexts.Client();
        using BouncyPair pair = BouncyPair.Call(context, new BouncyServer(new BouncyIdentity(ServerCertificate(rsa))), options: new DtlsConnectionOptions { ServerName = TestPki.ServerName });
        Assert.That(pair.Establish().PeerCertificate!.RawData, Is.EqualTo(ServerCertificate(rsa).RawData));
        pair.Close();
    }

    [Test]
    public void The_certificate_of_its_client_is_verified([Values] bool rsa)
    {
        using DtlsContext context = Contexts.Server(TestPki.Server, DtlsClientCertificates.Required);
        using BouncyPair pair = BouncyPair.Serve(context, new BouncyClient { Identity = new BouncyIdentity(ClientCertificate(rsa)) });
        Assert.That(pair.Establish().PeerCertificate!.RawData, Is.EqualTo(ClientCertificate(rsa).RawData));
        pair.Close();
    }

    [Test]
    public void Its_client_of_another_authority_is_told_why_it_is_refused()
    {
        using DtlsContext context = Contexts.Server(TestPki.Server, DtlsClientCertificates.Required);
        using BouncyPair pair = BouncyPair.Serve(context, new BouncyClient { Identity = new BouncyIdentity(TestPki.ClientOfOtherCa) });
        Assert.That(() => pair.Ours.Handshake(Limits.Step), Throws.TypeOf<DtlsCertificateException>());
        Assert.That(pair.ExpectFailure(), Is.TypeOf<TlsFatalAlert>().With.Property(nameof(TlsFatalAlert.AlertDescription)).EqualTo(AlertDescription.unknown_ca));
    }

    [Test]
    public void Its_server_gets_our_certificate([Values] bool rsa)
    {
        using DtlsContext context = Contexts.Client(ClientCertificate(rsa));
        BouncyServer server = new(new BouncyIdentity(TestPki.Server)) { AsksForCertificate = true };
        using BouncyPair pair = BouncyPair.Call(context, server);
        pair.Establish();
        Assert.That(server.ClientChain!.GetCertificateAt(0).GetEncoded(), Is.EqualTo(ClientCertificate(rsa).RawData));
        pair.Close();
    }

    [Test]
    public void Its_server_of_another_authority_is_told_why_it_is_refused()
    {
        using DtlsContext context = Contexts.Client();
        using BouncyPair pair = BouncyPair.Call(context, new BouncyServer(new BouncyIdentity(TestPki.ServerOfOtherCa)));
        Assert.That(() => pair.Ours.Handshake(Limits.Step), Throws.TypeOf<DtlsCertificateException>());
        Assert.That(pair.ExpectFailure(), Is.TypeOf<TlsFatalAlert>().With.Property(nameof(TlsFatalAlert.AlertDescription)).EqualTo(AlertDescription.unknown_ca));
    }

    [TestCase(1_400), TestCase(256)]
    public void Its_client_puts_a_large_chain_together_from_fragments(int mtu)
    {
        using DtlsContext context = Contexts.Server(LargeChain.Leaf, intermediates: LargeChain.Intermediates);
        BouncyClient client = new();
        using BouncyPair pair = BouncyPair.Serve(context, client, Narrow(mtu));
        pair.Establish();
        Assert.That(client.ServerChain!.Length, Is.EqualTo(1 + LargeChain.Intermediates.Count));
        pair.Close();
    }

    [TestCase(1_400), TestCase(256)]
    public void We_put_a_large_chain_of_its_server_together_from_fragments(int mtu)
    {
        using DtlsContext context = Contexts.Client();
        using BouncyPair pair = BouncyPair.Call(context, new BouncyServer(new BouncyIdentity(LargeChain.Leaf, LargeChain.Intermediates)), Narrow(mtu));
        Assert.That(pair.Establish().PeerCertificate!.RawData, Is.EqualTo(LargeChain.Leaf.RawData));
        pair.Close();
    }

    [Test]
    public void Both_send_their_certificates_in_small_fragments([Values] bool weServe)
    {
        using DtlsContext serving = Contexts.Server(TestPki.ServerRsa, DtlsClientCertificates.Required);
        using DtlsContext calling = Contexts.Client(TestPki.ClientRsa);
        MemoryLink link = Narrow(256);
        using BouncyPair pair = weServe
            ? BouncyPair.Serve(serving, new BouncyClient { Identity = new BouncyIdentity(TestPki.ClientRsa) }, link)
            : BouncyPair.Call(calling, new BouncyServer(new BouncyIdentity(TestPki.ServerRsa)) { AsksForCertificate = true }, link);
        pair.Establish();
        foreach (LinkDirection direction in (LinkDirection[])[link.ToServer, link.ToClient])
        {
            Assert.That(direction.Sent.Max(datagram => datagram.Length), Is.InRange(200, 256));
        }

        pair.Close();
    }

    private static MemoryLink Narrow(int mtu) => new(new FifoTransportOptions { MaxDatagramSize = mtu });
}
