using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

internal sealed class PeerIdentityTests
{
    /// <summary>A name stands in logs, on terminals and in metrics; a CA that is not ours may sign any.</summary>
    [TestCase("beta", true)]
    [TestCase("be\u001b[31mta", false)]
    [TestCase("be\nta", false)]
    [TestCase("be ta", false)]
    [TestCase("b\u00EBta", false)]
    public void A_name_that_is_no_nodes_names_nobody(string name, bool good)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X500DistinguishedNameBuilder subject = new();
        subject.AddCommonName(name);
        using X509Certificate2 certificate = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));

        Assert.That(PeerIdentity.Read(certificate, out string refusal), good ? Is.Not.Null : Is.Null);
        Assert.That(refusal, good ? Is.Empty : Does.EndWith("names no node").And.Not.Contain("\u001b").And.Not.Contain("\n"));
    }
}
