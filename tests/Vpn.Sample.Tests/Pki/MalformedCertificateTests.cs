using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Tests.Pki;

/// <summary>Found by fuzzing: what OpenSSL takes for a certificate, and refuses to read when it is asked for a part of it.</summary>
internal sealed class MalformedCertificateTests
{
    [Test]
    public void A_file_with_a_malformed_date_is_refused()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"malformed-{Guid.NewGuid():N}.pem");
        File.WriteAllBytes(path, WithMalformedDate());
        try
        {
            Assert.That(() => PkiFiles.LoadCertificate(path), Throws.TypeOf<PkiException>().With.Message.EqualTo($"{path} holds no certificate in PEM or DER form, or cannot be read"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void A_certificate_with_a_malformed_date_is_not_shown()
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(WithMalformedDate());

        Assert.That(() => CertificateReport.Write(certificate, DateTimeOffset.UnixEpoch), Throws.TypeOf<PkiException>().With.Message.Contains("malformed"));
    }

    [Test]
    public void An_error_is_one_line_whatever_name_stands_in_it() =>
        Assert.That(new PkiException("not issued by CN=a\nb\u001b[2J").Message, Is.EqualTo("not issued by CN=a b [2J"));

    // The first UTCTime of the certificate, which is notBefore, with a byte that is no digit.
    private static byte[] WithMalformedDate()
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        using NodeCertificate node = authority.Issue("alpha", [VpnAddress.Parse("10.88.0.1")]);
        byte[] der = node.Certificate.RawData;
        int at = der.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x17, 13]);
        der[at + 6] = 0xB4;
        return der;
    }
}
