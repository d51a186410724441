using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;
using FifoVpn.Pki;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Pki;

internal sealed class CertificateAuthorityTests
{
    private static readonly VpnAddress[] Addresses = [VpnAddress.Parse("10.88.0.1"), VpnAddress.Parse("fd88::1")];

    [Test]
    public void The_CA_certificate_has_the_form_of_a_CA()
    {
        using CertificateAuthority ca = CertificateAuthority.Create("Test CA", days: 30);
        X509Certificate2 certificate = ca.Certificate;
        X509BasicConstraintsExtension constraints = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        X509KeyUsageExtension usage = certificate.Extensions.OfType<X509KeyUsageExtension>().Single();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(certificate.Subject, Is.EqualTo("CN=Test CA"));
            Assert.That(certificate.Issuer, Is.EqualTo(certificate.Subject));
            Assert.That((constraints.CertificateAuthority, constraints.PathLengthConstraint, constraints.Critical), Is.EqualTo((true, 0, true)));
            Assert.That(usage.KeyUsages, Is.EqualTo(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign));
            Assert.That(usage.Critical, Is.True);
            Assert.That(certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Count(), Is.EqualTo(1));
            Assert.That(ca.Key.KeySize, Is.EqualTo(256));
            Assert.That(certificate.HasPrivateKey, Is.False, "the CA's certificate can be given away without its key");
        }
    }

    [Test]
    public void A_node_certificate_has_the_form_of_a_node()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using NodeCertificate node = ca.Issue("alpha", Addresses);
        X509Certificate2 certificate = node.Certificate;
        X509KeyUsageExtension usage = certificate.Extensions.OfType<X509KeyUsageExtension>().Single();
        string subjectKeyId = ca.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifier!;
        ReadOnlyMemory<byte>? authorityKeyId = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(certificate.Subject, Is.EqualTo("CN=alpha"));
            Assert.That(certificate.Issuer, Is.EqualTo("CN=FifoVpn CA"));
            Assert.That(certificate.HasPrivateKey, Is.True);
            Assert.That(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority, Is.False);
            Assert.That((usage.KeyUsages, usage.Critical), Is.EqualTo((X509KeyUsageFlags.DigitalSignature, true)));
            Assert.That(
                certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value),
                Is.EquivalentTo(new[] { "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2" }));
            Assert.That(certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames(), Is.EqualTo(new[] { "alpha" }));
            Assert.That(Convert.ToHexString(authorityKeyId!.Value.Span), Is.EqualTo(subjectKeyId));
            Assert.That(certificate.GetECDsaPrivateKey()!.SignData([1], HashAlgorithmName.SHA256), Is.Not.Empty);
        }
    }

    [Test]
    public void The_chain_verifies_with_this_CA_only()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using CertificateAuthority other = CertificateAuthority.Create();
        using NodeCertificate node = ca.Issue("alpha", Addresses);

        Assert.That(Verifies(node, ca), Is.True);
        Assert.That(Verifies(node, other), Is.False);

        static bool Verifies(NodeCertificate node, CertificateAuthority trusted)
        {
            using X509Chain chain = new();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(trusted.Certificate);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build(node.Certificate);
        }
    }

    [Test]
    public void Serials_are_positive_random_and_of_16_bytes()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        HashSet<string> serials = [];
        for (int i = 0; i < 50; i++)
        {
            using NodeCertificate node = ca.Issue("alpha", Addresses);
            byte[] serial = node.Certificate.SerialNumberBytes.ToArray();
            Assert.That(serial, Has.Length.EqualTo(16));
            Assert.That(serial[0], Is.LessThan(0x80));
            serials.Add(node.Certificate.SerialNumber);
        }

        Assert.That(serials, Has.Count.EqualTo(50));
    }

    [Test]
    public void Validity_is_backdated_by_an_hour_and_ends_with_the_CA_at_the_latest()
    {
        ManualClock clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        using CertificateAuthority ca = CertificateAuthority.Create(days: 100, clock: clock);
        clock.Now = clock.Now.AddDays(10);
        using NodeCertificate inside = ca.Issue("alpha", Addresses, days: 50);
        using NodeCertificate clipped = ca.Issue("alpha", Addresses, days: 500);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(inside.Certificate.NotBefore.ToUniversalTime(), Is.EqualTo(new DateTime(2030, 1, 11, 11, 0, 0, DateTimeKind.Utc)));
            Assert.That(inside.Certificate.NotAfter.ToUniversalTime(), Is.EqualTo(new DateTime(2030, 3, 2, 12, 0, 0, DateTimeKind.Utc)));
            Assert.That(clipped.Certificate.NotAfter, Is.EqualTo(ca.Certificate.NotAfter));
        }
    }

    [Test]
    public void A_node_made_with_a_clock_behind_the_CA_is_not_valid_before_it()
    {
        ManualClock clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        using CertificateAuthority ca = CertificateAuthority.Create(clock: clock);
        clock.Now = clock.Now.AddMinutes(-30);
        using NodeCertificate node = ca.Issue("alpha", Addresses);

        Assert.That(node.Certificate.NotBefore, Is.EqualTo(ca.Certificate.NotBefore));
    }

    [TestCase(-1)]
    [TestCase(101)]
    public void A_CA_that_is_not_valid_now_issues_nothing(int days)
    {
        ManualClock clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        using CertificateAuthority ca = CertificateAuthority.Create(days: 100, clock: clock);
        clock.Now = clock.Now.AddDays(days);

        Assert.That(() => ca.Issue("alpha", Addresses), Throws.TypeOf<PkiException>().With.Message.Contains("not now").And.Message.Contains("2030-"));
    }

    [TestCase("")]
    [TestCase("a b")]
    [TestCase("../x")]
    [TestCase(".x")]
    [TestCase("x-")]
    [TestCase("a..b")]
    [TestCase("ä")]
    [TestCase("a/b")]
    [TestCase("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg")]
    public void A_bad_node_name_is_refused(string name)
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        Assert.That(() => ca.Issue(name, Addresses), Throws.TypeOf<PkiException>().With.Message.Contains($"\"{name}\" is no node name"));
    }

    [Test]
    public void Bad_addresses_and_days_are_refused()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ca.Issue("alpha", []), Throws.TypeOf<PkiException>().With.Message.Contains("at least one VPN address"));
            Assert.That(() => ca.Issue("alpha", [VpnAddress.Parse("::")]), Throws.TypeOf<PkiException>().With.Message.Contains(":: cannot be"));
            Assert.That(() => ca.Issue("alpha", [Addresses[0], Addresses[0]]), Throws.TypeOf<PkiException>().With.Message.Contains("10.88.0.1 is given twice"));
            Assert.That(() => ca.Issue("alpha", Addresses, days: 0), Throws.TypeOf<PkiException>().With.Message.Contains("1 to 36500"));
            Assert.That(() => CertificateAuthority.Create(days: 36501), Throws.TypeOf<PkiException>().With.Message.Contains("1 to 36500"));
            Assert.That(() => CertificateAuthority.Create(""), Throws.TypeOf<PkiException>().With.Message.Contains("1 to 64"));
            Assert.That(() => CertificateAuthority.Create("a\nb"), Throws.TypeOf<PkiException>());
        }
    }

    [Test]
    public void From_refuses_a_node_certificate_and_a_foreign_key()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using CertificateAuthority other = CertificateAuthority.Create();
        using NodeCertificate node = ca.Issue("alpha", Addresses);

        Assert.That(() => CertificateAuthority.From(node.Certificate, node.Key), Throws.TypeOf<PkiException>().With.Message.Contains("CN=alpha is not a CA's"));
        Assert.That(() => CertificateAuthority.From(ca.Certificate, other.Key), Throws.TypeOf<PkiException>().With.Message.Contains("does not belong"));
    }

    [Test]
    public void Identity_is_the_common_name_and_the_addresses()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using NodeCertificate node = ca.Issue("alpha", Addresses);

        Assert.That(CertificateIdentity.TryRead(node.Certificate, out CertificateIdentity? identity), Is.True);
        Assert.That(identity!.Name, Is.EqualTo("alpha"));
        Assert.That(identity.Addresses, Is.EqualTo(Addresses));
    }

    [Test]
    public void Identity_survives_a_reload_from_the_encoded_form()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using NodeCertificate node = ca.Issue("alpha", Addresses);
        using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(node.Certificate.RawData);

        Assert.That(CertificateIdentity.TryRead(loaded, out CertificateIdentity? identity), Is.True);
        Assert.That(identity!.Addresses, Is.EqualTo(Addresses));
    }

    [TestCase("CN=a, CN=b")]
    [TestCase("O=nobody")]
    public void Identity_needs_exactly_one_common_name(string subject)
    {
        using X509Certificate2 certificate = SelfSigned(new X500DistinguishedName(subject), []);
        Assert.That(CertificateIdentity.TryRead(certificate, out _), Is.False);
    }

    [Test]
    public void A_name_of_several_parts_in_one_is_no_identity()
    {
        // One RelativeDistinguishedName with CN=a and OU=b.
        byte[] subject = Convert.FromHexString("30163114" + "30080603550403" + "0C0161" + "3008060355040B" + "0C0162");
        using X509Certificate2 certificate = SelfSigned(new X500DistinguishedName(subject), []);
        Assert.That(CertificateIdentity.TryRead(certificate, out _), Is.False);
    }

    [Test]
    public void A_malformed_subjectAltName_is_no_identity()
    {
        // iPAddress with 5 bytes.
        using X509Certificate2 certificate = SelfSigned(new X500DistinguishedName("CN=a"), [0x30, 0x07, 0x87, 0x05, 1, 2, 3, 4, 5]);

        Assert.That(CertificateIdentity.TryRead(certificate, out _), Is.False);
        Assert.That(CertificateReport.Write(certificate, DateTimeOffset.UtcNow), Does.Contain("subjectAltName is malformed"));
    }

    private static X509Certificate2 SelfSigned(X500DistinguishedName subject, byte[] alternativeName)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        if (alternativeName.Length > 0)
        {
            request.CertificateExtensions.Add(new X509Extension("2.5.29.17", alternativeName, critical: false));
        }

        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadCertificate(certificate.RawData);
    }
}
