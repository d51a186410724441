using System.Net;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>A server's certificate of some 8 kilobytes, under eight intermediates: a Certificate message of more than 12,000 bytes, made once.</summary>
internal static class LargeChain
{
    private const int Depth = 8;
    private const int Names = 150;

    private static readonly Lazy<(X509Certificate2 Leaf, X509Certificate2[] Intermediates)> Made = new(Make);

    internal static X509Certificate2 Leaf => Made.Value.Leaf;

    /// <summary>From the leaf's issuer to the one under <see cref="TestPki.Ca"/>.</summary>
    internal static IReadOnlyList<X509Certificate2> Intermediates => Made.Value.Intermediates;

    private static (X509Certificate2 Leaf, X509Certificate2[] Intermediates) Make()
    {
        TestAuthority issuer = TestPki.Authority;
        var intermediates = new Stack<X509Certificate2>();
        for (int i = 1; i <= Depth; i++)
        {
            issuer = issuer.CreateIntermediate($"FifoDtls intermediate CA number {i}");
            intermediates.Push(issuer.Certificate);
        }

        X509Certificate2 leaf = issuer.Issue(new LeafProfile
        {
            CommonName = TestPki.ServerName,
            DnsNames = ["localhost", TestPki.ServerName, .. Enumerable.Range(0, Names).Select(i => $"a-quite-long-name-of-the-same-server-{i}.fifodtls.test")],
            Addresses = [IPAddress.Loopback],
        });
        return (leaf, [.. intermediates]);
    }
}
