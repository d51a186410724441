using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>The certificates of <see cref="TestPki"/> as files for the programs, written once and removed after the last test.</summary>
[SetUpFixture]
public sealed class TestFiles
{
    private static readonly Lazy<TempDirectory> Directory = new(() => new TempDirectory());
    private static readonly Lazy<string> LazyCa = new(() => TestPki.WriteCertificates(Directory.Value, "ca.crt", TestPki.Ca));
    private static readonly Lazy<string> LazyRsaCa = new(() => TestPki.WriteCertificates(Directory.Value, "rsa-ca.crt", TestPki.RsaCa));
    private static readonly Lazy<PemFiles> LazyServer = new(() => TestPki.WritePem(Directory.Value, "server", TestPki.Server));
    private static readonly Lazy<PemFiles> LazyServerRsa = new(() => TestPki.WritePem(Directory.Value, "server-rsa", TestPki.ServerRsa));
    private static readonly Lazy<PemFiles> LazyChainedServer = new(
        () => TestPki.WritePem(Directory.Value, "server-chained", TestPki.ChainedServer, [TestPki.Intermediate.Certificate]));

    private static readonly Lazy<PemFiles> LazyClient = new(() => TestPki.WritePem(Directory.Value, "client", TestPki.Client));
    private static readonly Lazy<PemFiles> LazyClientOfOtherCa = new(() => TestPki.WritePem(Directory.Value, "client-other", TestPki.ClientOfOtherCa));
    private static readonly Lazy<PemFiles> LazyServerOfOtherCa = new(() => TestPki.WritePem(Directory.Value, "server-other", TestPki.ServerOfOtherCa));
    private static readonly Lazy<PemFiles> LazyExpiredServer = new(() => TestPki.WritePem(Directory.Value, "server-expired", TestPki.ExpiredServer));
    private static readonly Lazy<PemFiles> LazyClientRsa = new(() => TestPki.WritePem(Directory.Value, "client-rsa", TestPki.ClientRsa));
    private static readonly Lazy<PemFiles> LazyLargeChain = new(() => TestPki.WritePem(Directory.Value, "large-chain", LargeChain.Leaf, LargeChain.Intermediates));
    private static readonly Lazy<string> LazyLargeChainIntermediates = new(
        () => TestPki.WriteCertificates(Directory.Value, "large-chain-intermediates.crt", LargeChain.Intermediates));

    private static readonly Lazy<PemFiles> LazyServerOfOtherName = new(() => TestPki.WritePem(
        Directory.Value,
        "server-other-name",
        TestPki.Authority.Issue(new LeafProfile { CommonName = "other.fifodtls.test", DnsNames = ["other.fifodtls.test"] })));

    internal static string Ca => LazyCa.Value;

    internal static string RsaCa => LazyRsaCa.Value;

    internal static PemFiles Server => LazyServer.Value;

    internal static PemFiles ServerRsa => LazyServerRsa.Value;

    internal static PemFiles ChainedServer => LazyChainedServer.Value;

    internal static PemFiles Client => LazyClient.Value;

    internal static PemFiles ClientRsa => LazyClientRsa.Value;

    /// <summary>The certificate of <see cref="LargeChain"/>, followed by the intermediates.</summary>
    internal static PemFiles LargeChainServer => LazyLargeChain.Value;

    /// <summary>The intermediates of <see cref="LargeChain"/> alone.</summary>
    internal static string LargeChainIntermediates => LazyLargeChainIntermediates.Value;

    internal static PemFiles ClientOfOtherCa => LazyClientOfOtherCa.Value;

    internal static PemFiles ServerOfOtherCa => LazyServerOfOtherCa.Value;

    internal static PemFiles ExpiredServer => LazyExpiredServer.Value;

    internal static PemFiles ServerOfOtherName => LazyServerOfOtherName.Value;

    /// <summary>Writes another file, which goes with the certificates, and returns its path.</summary>
    internal static string Write(string name, string text) => Directory.Value.WriteSecret(name, text);

    [OneTimeTearDown]
    public void Remove()
    {
        if (Directory.IsValueCreated)
        {
            Directory.Value.Dispose();
        }
    }
}
