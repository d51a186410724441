using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Cli;

internal sealed class PkiIssueCommandTests
{
    private PkiRunner _pki = null!;

    [SetUp]
    public void MakeAuthority()
    {
        _pki = new PkiRunner();
        _pki.Succeed("init");
    }

    [TearDown]
    public void RemoveFolder() => _pki.Dispose();

    [Test]
    public void Subnets_stand_in_the_certificate_as_openssl_sees_it_too()
    {
        _pki.Succeed("issue", "alpha", "--address", "10.88.0.1", "--subnet", "10.20.0.0/16", "--subnet", "fd20::/64");

        string output = _pki.Show("alpha.pem");
        Assert.That(output, Does.Match("VPN addresses: 10.88.0.1\nVPN subnets:   10.20.0.0/16, fd20::/64\n"));
        Assert.That(
            _pki.OpenSsl("x509", "-in", "alpha.pem", "-noout", "-ext", "subjectAltName"),
            Does.Contain("DNS:alpha, IP Address:10.88.0.1, URI:fifovpn:subnet=10.20.0.0/16, URI:fifovpn:subnet=fd20::/64"));
        Assert.That(_pki.OpenSsl("verify", "-x509_strict", "-CAfile", "ca.pem", "alpha.pem").Trim(), Is.EqualTo("alpha.pem: OK"));
    }

    [Test]
    public void A_rendezvous_server_gets_a_certificate_without_addresses()
    {
        string output = _pki.Succeed("issue", "meet", "--rendezvous");

        Assert.That(output, Does.Contain($"made {_pki.PathOf("meet.pem")}: give it to the rendezvous server, with ca.pem"));
        Assert.That(_pki.Show("meet.pem"), Does.Match("VPN role: +rendezvous server\nVPN addresses: none\nVPN subnets: +none\n"));
        Assert.That(_pki.OpenSsl("x509", "-in", "meet.pem", "-noout", "-ext", "subjectAltName"), Does.Contain("DNS:meet, URI:fifovpn:rendezvous"));
        Assert.That(_pki.OpenSsl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.pem", "meet.pem").Trim(), Is.EqualTo("meet.pem: OK"));
    }
}
