using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FifoVpn.Pki;

/// <summary>What a person wants to know of a certificate, as lines of text.</summary>
internal static class CertificateReport
{
    /// <exception cref="PkiException">Something in the certificate is malformed, which shows only when it is looked at.</exception>
    public static string Write(X509Certificate2 certificate, DateTimeOffset now)
    {
        try
        {
            return WriteAll(certificate, now);
        }
        catch (CryptographicException)
        {
            throw new PkiException("the certificate is malformed: its dates, key or extensions cannot be read");
        }
    }

    private static string WriteAll(X509Certificate2 certificate, DateTimeOffset now)
    {
        StringBuilder report = new();
        Line("Subject", certificate.Subject);
        Line("Issuer", certificate.Issuer);
        Line("Serial", certificate.SerialNumber);
        Line("Valid from", $"{certificate.NotBefore.ToUniversalTime():u}");
        Line("Valid to", $"{certificate.NotAfter.ToUniversalTime():u} ({State(certificate, now)})");
        foreach ((string label, string value) in Names(certificate))
        {
            Line(label, value);
        }

        Line("Key", Key(certificate));
        Line("Purposes", Purposes(certificate));
        Line("SHA-256", string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(octet => octet.ToString("X2"))));
        return report.ToString();

        void Line(string label, string value) => report.Append((label + ":").PadRight(15)).Append(value).Append('\n');
    }

    private static string State(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (now < certificate.NotBefore)
        {
            return "not valid yet";
        }

        return now > certificate.NotAfter ? "EXPIRED" : $"valid now, {(int)(certificate.NotAfter - now).TotalDays} days left";
    }

    private static (string Label, string Value)[] Names(X509Certificate2 certificate)
    {
        if (!AlternativeNames.TryRead(certificate, out AlternativeNames? names))
        {
            return [("VPN addresses", "subjectAltName is malformed")];
        }

        (string, string) addresses = ("VPN addresses", List(names.Addresses));
        (string, string) subnets = ("VPN subnets", List(names.Subnets));
        return names.IsRendezvous ? [("VPN role", "rendezvous server"), addresses, subnets] : [addresses, subnets];
    }

    private static string List<T>(IReadOnlyList<T> values) => values.Count == 0 ? "none" : string.Join(", ", values);

    private static string Key(X509Certificate2 certificate)
    {
        using ECDsa? ec = certificate.GetECDsaPublicKey();
        if (ec is not null)
        {
            ECCurve curve = ec.ExportParameters(includePrivateParameters: false).Curve;
            return curve.Oid?.Value == ECCurve.NamedCurves.nistP256.Oid.Value ? "EC P-256" : $"EC, {ec.KeySize} bits";
        }

        using RSA? rsa = certificate.GetRSAPublicKey();
        return rsa is not null ? $"RSA, {rsa.KeySize} bits" : certificate.PublicKey.Oid.FriendlyName ?? certificate.GetKeyAlgorithm();
    }

    private static string Purposes(X509Certificate2 certificate)
    {
        List<string> purposes = [];
        foreach (X509Extension extension in certificate.Extensions)
        {
            switch (extension)
            {
                case X509BasicConstraintsExtension { CertificateAuthority: true } constraints:
                    purposes.Add(constraints.HasPathLengthConstraint ? $"CA (path length {constraints.PathLengthConstraint})" : "CA");
                    break;
                case X509KeyUsageExtension usage:
                    purposes.Add(usage.KeyUsages.ToString());
                    break;
                case X509EnhancedKeyUsageExtension enhanced:
                    purposes.AddRange(enhanced.EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.FriendlyName ?? oid.Value ?? "?"));
                    break;
            }
        }

        return purposes.Count == 0 ? "any" : string.Join(", ", purposes);
    }
}
