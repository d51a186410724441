using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Host names that are not ASCII: certificates and SNI have them in A-labels (RFC 9525, RFC 6066).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class InternationalNameTests
{
    private static X509Certificate2 Issue(string name) => TestPki.Authority.Issue(new LeafProfile { CommonName = "any", DnsNames = [name] });

    [TestCase("bücher.test"), TestCase("BÜCHER.test"), TestCase("xn--bcher-kva.test")]
    public void A_name_is_compared_and_sent_in_A_labels(string name)
    {
        using X509Certificate2 certificate = Issue("xn--bcher-kva.test");
        using DtlsContext server = Verification.OpenServer(certificate);
        using DtlsPair pair = new(TestContexts.AnonymousClient, server, clientOptions: new DtlsConnectionOptions { ServerName = name });
        pair.Handshake();
        Assert.That(pair.Server.Negotiated!.RequestedServerName, Is.EqualTo("xn--bcher-kva.test"));
    }

    [Test]
    public void Another_name_is_refused()
    {
        using X509Certificate2 certificate = Issue("xn--bcher-kva.test");
        using DtlsContext server = Verification.OpenServer(certificate);
        const int hostnameMismatch = 62;
        Verification.AssertRefused(DtlsRole.Client, TestContexts.AnonymousClient, server, hostnameMismatch, DtlsAlert.BadCertificate, "bûcher.test");
    }

    [TestCase("bücher test", TestName = "A space"), TestCase("bücher..test", TestName = "An empty label"), TestCase("ü234567890123456789012345678901234567890123456789012345678901234.test", TestName = "Too long a label")]
    public void A_name_without_A_labels_is_refused_by_a_message_that_names_it(string name) =>
        Assert.That(
            () => new DtlsConnection(TestContexts.Client, new ScriptedTransport(), DtlsRole.Client, new DtlsConnectionOptions { ServerName = name }),
            Throws.ArgumentException.With.Message.Contains(name).And.Message.Contains("xn--"));

    [Test]
    public void The_length_that_counts_is_that_of_the_A_labels()
    {
        string longer = string.Join('.', Enumerable.Repeat("ü" + new string('a', 48), 5));
        Assert.That(longer, Has.Length.LessThan(254));
        Assert.That(
            () => new DtlsConnection(TestContexts.Client, new ScriptedTransport(), DtlsRole.Client, new DtlsConnectionOptions { ServerName = longer }),
            Throws.ArgumentException.With.Message.Contains("ServerName"));
    }
}
