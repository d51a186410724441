using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Control;
using FifoVpn.Packets;
using FifoVpn.Pki;
using FifoVpn.Rendezvous;
using FifoVpn.Tests.Node;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>Certificates that are revoked while their nodes are registered, and that of the server.</summary>
internal sealed class ServerRevocationTests
{
    [Test]
    [CancelAfter(60_000)]
    public void Only_the_node_that_is_revoked_loses_its_association_and_it_is_told_why()
    {
        DtlsContext context = null!;
        using RendezvousBench bench = new(context: vpn => context = Context(vpn.Authority, "meet", List(vpn.Authority, 1)));
        using (context)
        {
            using NodeCertificate certificate = bench.Vpn.Authority.Issue("alpha", [bench.NewAddress()]);
            using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate.Certificate);
            using DtlsContext own = new(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [bench.Vpn.Authority.Certificate] });
            RendezvousClient alpha = bench.Connect("alpha", own);
            alpha.Register();
            RendezvousClient beta = bench.Registered("beta");
            Assert.That(bench.Server.EndRevoked(), Is.Zero);

            Assert.That(context.UpdateRevocationLists(List(bench.Vpn.Authority, 2, certificate.Certificate)), Is.EqualTo(1));
            Assert.That(bench.Server.EndRevoked(), Is.EqualTo(1));

            Assert.That(alpha.AwaitBye(), Is.EqualTo(ByeReason.Revoked));
            Eventually.True(() => bench.Log.Of(LogIds.Gone).Any(line => line.Message.Contains("is gone: Revoked", StringComparison.Ordinal)), RendezvousClient.Limit, "alpha is gone");
            beta.Register();
            Assert.That(bench.Statistics.Nodes, Is.EqualTo(1));
            Assert.That(() => bench.Connect("alpha", own), Throws.InstanceOf<DtlsException>());
            bench.Server.Dispose(); // before its context
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_handshake_that_was_overtaken_by_a_new_list_is_noticed_when_the_node_is_admitted()
    {
        X509Certificate2? revoked = null;
        DtlsContext context = null!;
        using TestVpn other = new();
        using NodeCertificate certificate = other.Authority.Issue("alpha", [VpnAddress.Parse("10.88.7.1")]);
        revoked = certificate.Certificate;

        // Whatever a handshake says is accepted here, as if it had gone by the lists of a moment ago; verifying outside a handshake does not ask.
        using RendezvousBench bench = new(context: vpn => context = Context(other.Authority, "meet", List(other.Authority, 1, revoked), _ => true));
        using (context)
        {
            using DtlsCredentials credentials = DtlsCredentials.FromCertificate(revoked);
            using DtlsContext own = new(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [other.Authority.Certificate] });
            bench.Server.EndRevoked();
            Assert.That(bench.Connect("alpha", own).AwaitBye(), Is.EqualTo(ByeReason.Revoked));
            bench.AssertNothingIsLeft();
            bench.Server.Dispose();
        }
    }

    private static DtlsContext Context(CertificateAuthority authority, string name, IReadOnlyList<DtlsRevocationList> lists, Func<DtlsCertificateVerdict, bool>? accepts = null)
    {
        using NodeCertificate certificate = authority.Issue(CertificateIdentity.Rendezvous(name));
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate.Certificate);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [authority.Certificate], RevocationLists = lists, CertificateValidation = accepts });
    }

    internal static IReadOnlyList<DtlsRevocationList> List(CertificateAuthority authority, int number, params X509Certificate2[] revoked)
    {
        using X509Certificate2 issuer = authority.Certificate.CopyWithPrivateKey(authority.Key);
        CertificateRevocationListBuilder list = new();
        foreach (X509Certificate2 certificate in revoked)
        {
            list.AddEntry(certificate);
        }

        return DtlsRevocationList.Parse(list.Build(issuer, number, DateTimeOffset.UtcNow.AddDays(1), HashAlgorithmName.SHA256, thisUpdate: DateTimeOffset.UtcNow.AddHours(-1)));
    }
}
