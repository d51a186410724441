using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The peer's certificate is made when somebody asks for it, and yet there is one, which ends with the connection.</summary>
public sealed class PeerCertificateTests
{
    [Test, CancelAfter(60_000)]
    public void All_who_ask_at_a_time_get_the_same_certificate()
    {
        using DtlsPair pair = DtlsPair.Established();
        DtlsNegotiated negotiated = pair.Server.Negotiated!;
        using var start = new Barrier(8);

        BlockingThread<X509Certificate2>[] threads = [.. Enumerable.Range(0, 8).Select(i => BlockingThread.Start($"asks {i}", Ask))];

        Assert.That(threads.Select(thread => thread.Join(Limits.Watchdog)).Distinct(ReferenceEqualityComparer.Instance).Count(), Is.EqualTo(1));
        Assert.That(negotiated.PeerCertificate!.RawData, Is.EqualTo(TestPki.Client.RawData));

        X509Certificate2 Ask()
        {
            start.SignalAndWait(Limits.Watchdog);
            return negotiated.PeerCertificate!;
        }
    }

    [Test, CancelAfter(60_000)]
    public void It_ends_with_the_connection_whether_it_was_asked_for_before_or_is_after([Values] bool before)
    {
        DtlsNegotiated negotiated;
        X509Certificate2? asked;
        using (DtlsPair pair = DtlsPair.Established())
        {
            negotiated = pair.Server.Negotiated!;
            asked = before ? negotiated.PeerCertificate : null;
        }

        Assert.That(() => negotiated.PeerCertificate!.RawData, Throws.InstanceOf<CryptographicException>());
        if (before)
        {
            Assert.That(negotiated.PeerCertificate, Is.SameAs(asked));
        }
    }

    [Test, CancelAfter(60_000)]
    public void The_subject_is_known_without_it_and_outlives_it()
    {
        DtlsNegotiated negotiated;
        using (DtlsPair pair = DtlsPair.Established())
        {
            negotiated = pair.Server.Negotiated!;
        }

        Assert.That(negotiated.PeerSubject, Is.EqualTo(TestPki.Client.Subject));
    }
}
