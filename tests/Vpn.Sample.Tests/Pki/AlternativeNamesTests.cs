using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Tests.Pki;

/// <summary>Addresses, subnets and the role of a rendezvous server in certificates.</summary>
internal sealed class AlternativeNamesTests
{
    private static readonly VpnAddress[] Addresses = [VpnAddress.Parse("10.88.0.1"), VpnAddress.Parse("fd88::1")];
    private static readonly IpPrefix[] Subnets = [IpPrefix.Parse("10.20.0.0/16"), IpPrefix.Parse("fd20:0:0:5::/64"), IpPrefix.Parse("0.0.0.0/0")];

    [Test]
    public void A_node_has_the_addresses_and_subnets_that_it_was_issued()
    {
        CertificateIdentity identity = Reload(CertificateIdentity.Node("alpha", Addresses, Subnets));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(identity.Name, Is.EqualTo("alpha"));
            Assert.That(identity.Addresses, Is.EqualTo(Addresses));
            Assert.That(identity.Subnets, Is.EqualTo(Subnets));
            Assert.That(identity.IsRendezvous, Is.False);
            Assert.That(
                identity.Prefixes.Select(prefix => prefix.ToString()),
                Is.EqualTo(new[] { "10.88.0.1/32", "fd88::1/128", "10.20.0.0/16", "fd20:0:0:5::/64", "0.0.0.0/0" }));
        }
    }

    [Test]
    public void A_rendezvous_server_says_so_and_has_no_place_in_the_VPN()
    {
        CertificateIdentity identity = Reload(CertificateIdentity.Rendezvous("meet.example"));

        Assert.That(identity.IsRendezvous, Is.True);
        Assert.That(identity.Name, Is.EqualTo("meet.example"));
        Assert.That(identity.Prefixes, Is.Empty);
    }

    [TestCase("224.0.0.0/4", "cannot be a subnet")]
    [TestCase("127.0.0.0/8", "cannot be a subnet")]
    [TestCase("0.0.0.0/8", "cannot be a subnet")]
    [TestCase("::/128", "cannot be a subnet")]
    [TestCase("ff00::/8", "cannot be a subnet")]
    [TestCase("::ffff:10.0.0.0/104", "cannot be a subnet")]
    [TestCase("10.20.0.0/16", "given twice")]
    public void Subnets_that_no_host_can_be_in_are_not_issued(string subnet, string expected)
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        CertificateIdentity identity = CertificateIdentity.Node("alpha", Addresses, [IpPrefix.Parse("10.20.0.0/16"), IpPrefix.Parse(subnet)]);

        Assert.That(() => ca.Issue(identity), Throws.TypeOf<PkiException>().With.Message.Contains(subnet).And.Message.Contains(expected));
    }

    [Test]
    public void A_rendezvous_server_is_not_issued_addresses()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        CertificateIdentity identity = CertificateIdentity.Rendezvous("meet") with { Addresses = Addresses };

        Assert.That(() => ca.Issue(identity), Throws.TypeOf<PkiException>().With.Message.Contains("rendezvous server meet has no VPN addresses"));
    }

    [TestCase("https://example.org/alpha")]
    [TestCase("fifovpn2:subnet=nonsense")]
    [TestCase("")]
    public void URIs_of_others_are_passed_over(string uri)
    {
        Assert.That(TryRead(Uri(uri), Uri("fifovpn:subnet=10.20.0.0/16"), out CertificateIdentity? identity), Is.True);
        Assert.That(identity!.Subnets, Is.EqualTo(new[] { Subnets[0] }));
    }

    [TestCase("fifovpn:")]
    [TestCase("fifovpn:subnet")]
    [TestCase("fifovpn:subnet=")]
    [TestCase("fifovpn:subnet=10.20.0.0")]
    [TestCase("fifovpn:subnet=10.20.0.1/16")]
    [TestCase("fifovpn:subnet=10.20.0.0/33")]
    [TestCase("fifovpn:subnet=10.20.0.0/016")]
    [TestCase("fifovpn:subnet=fd20:0:0:0::/64")]
    [TestCase("fifovpn:subnet=FD20::/64")]
    [TestCase("fifovpn:subnet=10.20.0.0/16 ")]
    [TestCase("fifovpn:subnet= 10.20.0.0/16")]
    [TestCase("fifovpn:subnet=10.20.0.0%2F16")]
    [TestCase("FIFOVPN:subnet=10.20.0.0/16")]
    [TestCase("fifovpn:Subnet=10.20.0.0/16")]
    [TestCase("fifovpn:rendezvous=1")]
    [TestCase("fifovpn:role=hub")]
    public void A_URI_of_ours_that_is_not_understood_makes_the_identity_malformed(string uri)
    {
        Assert.That(TryRead(Uri("fifovpn:subnet=10.30.0.0/16"), Uri(uri), out _), Is.False);
        using X509Certificate2 certificate = WithNames(Uri(uri));
        Assert.That(CertificateReport.Write(certificate, DateTimeOffset.UtcNow), Does.Contain("subjectAltName is malformed"));
    }

    [TestCase("87050102030405", TestName = "an iPAddress of five bytes")]
    [TestCase("8700", TestName = "an iPAddress of none")]
    [TestCase("8601FF", TestName = "a URI that is not ASCII")]
    [TestCase("8605616263", TestName = "a name that is cut off")]
    public void A_malformed_subjectAltName_makes_the_identity_malformed(string name) =>
        Assert.That(TryRead(Convert.FromHexString(name), [], out _), Is.False);

    [Test]
    public void A_second_subjectAltName_makes_the_identity_malformed()
    {
        // .NET does not make one, so an issuerAltName (2.5.29.18) is renamed.
        using X509Certificate2 single = WithExtensions(("2.5.29.17", Sequence(Uri("fifovpn:rendezvous"))), ("2.5.29.18", Sequence(Uri("fifovpn:subnet=10.20.0.0/16"))));
        byte[] der = single.RawData;
        der[der.AsSpan().IndexOf("U\u001D\u0012"u8) + 2] = 0x11;
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(der);

        Assert.That(CertificateIdentity.TryRead(single, out _), Is.True);
        Assert.That(CertificateIdentity.TryRead(certificate, out _), Is.False);
    }

    [Test]
    public void Bytes_behind_the_names_make_the_identity_malformed()
    {
        using X509Certificate2 certificate = WithExtensions(("2.5.29.17", [.. Sequence(Uri("fifovpn:rendezvous")), 0x05, 0x00]));
        Assert.That(CertificateIdentity.TryRead(certificate, out _), Is.False);
    }

    private static CertificateIdentity Reload(CertificateIdentity issued)
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using NodeCertificate node = ca.Issue(issued);
        using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(node.Certificate.RawData);
        Assert.That(CertificateIdentity.TryRead(loaded, out CertificateIdentity? identity), Is.True);
        return identity!;
    }

    private static bool TryRead(byte[] first, byte[] second, out CertificateIdentity? identity)
    {
        using X509Certificate2 certificate = WithNames(first, second);
        return CertificateIdentity.TryRead(certificate, out identity);
    }

    private static X509Certificate2 WithNames(params byte[][] names) => WithExtensions(("2.5.29.17", Sequence(names)));

    private static X509Certificate2 WithExtensions(params (string Oid, byte[] Names)[] extensions)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=alpha", key, HashAlgorithmName.SHA256);
        foreach ((string oid, byte[] names) in extensions)
        {
            request.CertificateExtensions.Add(new X509Extension(oid, names, critical: false));
        }

        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadCertificate(certificate.RawData);
    }

    // DER with short lengths, which these names do not exceed.
    private static byte[] Uri(string uri) => [0x86, (byte)uri.Length, .. Encoding.ASCII.GetBytes(uri)];

    private static byte[] Sequence(params byte[][] names) => [0x30, (byte)names.Sum(name => name.Length), .. names.SelectMany(name => name)];
}
