using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Makes revocation lists.</summary>
internal static class RevocationLists
{
    internal static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    internal static readonly DateTimeOffset Tomorrow = Now.AddDays(1);
    internal static readonly DateTimeOffset Yesterday = Now.AddDays(-1);

    /// <summary>A list that was made two days ago, unless told otherwise.</summary>
    internal static DtlsRevocationList Make(TestAuthority authority, int number, DateTimeOffset nextUpdate, DateTimeOffset? thisUpdate, params X509Certificate2[] revoked)
    {
        CertificateRevocationListBuilder builder = new();
        foreach (X509Certificate2 certificate in revoked)
        {
            builder.AddEntry(certificate);
        }

        return DtlsRevocationList.Parse(builder.Build(authority.Certificate, number, nextUpdate, HashAlgorithmName.SHA256, thisUpdate: thisUpdate ?? Now.AddDays(-2))).Single();
    }

    /// <summary>A list of the test authority that is in force.</summary>
    internal static DtlsRevocationList Make(int number, params X509Certificate2[] revoked) => Make(TestPki.Authority, number, Tomorrow, null, revoked);
}
