using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What the tests of verification have in common: contexts, fingerprints and the outcomes of a handshake.</summary>
internal static class Verification
{
    internal static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>A server for any client.</summary>
    internal static DtlsContext OpenServer(X509Certificate2 certificate, params X509Certificate2[] intermediates)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate, intermediates);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
    }

    /// <summary>A certificate for a server, signed by its own key and by nobody else.</summary>
    internal static X509Certificate2 SelfSigned(string name, DateTimeOffset? notAfter = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-9), notAfter ?? DateTimeOffset.UtcNow.AddDays(9));
    }

    internal static void AssertAccepted(DtlsContext client, DtlsContext server, string? name = null)
    {
        using DtlsPair pair = new(client, server, clientOptions: new DtlsConnectionOptions { ServerName = name });
        pair.Handshake();
        pair.AssertAlive();
    }

    /// <summary>The side of <paramref name="role"/> refuses the other's certificate, and the other is told by an alert.</summary>
    internal static DtlsCertificateException AssertRefused(
        DtlsRole role, DtlsContext client, DtlsContext server, int verifyResult, DtlsAlert alert, string? name = null)
    {
        using DtlsPair pair = new(client, server, clientOptions: new DtlsConnectionOptions { ServerName = name });
        (Exception? clientFailure, Exception? serverFailure) = pair.HandshakeFailures();
        (Exception? refuser, Exception? refused) = role == DtlsRole.Client ? (clientFailure, serverFailure) : (serverFailure, clientFailure);
        Assert.That(refuser, Is.TypeOf<DtlsCertificateException>().With.Property(nameof(DtlsCertificateException.VerifyResult)).EqualTo(verifyResult));
        Assert.That(refused, Is.TypeOf<DtlsProtocolException>()
            .With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(alert)
            .And.Property(nameof(DtlsProtocolException.AlertSender)).EqualTo(DtlsSide.Remote));
        Assert.That(pair[role].Negotiated, Is.Null);
        Assert.That(pair[role].Statistics.PayloadsReceived, Is.Zero);
        return (DtlsCertificateException)refuser!;
    }
}
