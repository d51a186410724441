using System.Net;
using FifoVpn.Control;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>Who is told of whom.</summary>
internal sealed class IntroductionTests
{
    [Test]
    [CancelAfter(60_000)]
    public void Both_learn_of_each_other_by_name_and_by_address([Values] bool byName)
    {
        using RendezvousBench bench = new();
        IPEndPoint[] alphasOwn = [IPEndPoint.Parse("192.168.1.2:4443"), IPEndPoint.Parse("[fd00::2]:4443")];
        IPEndPoint[] betasOwn = [IPEndPoint.Parse("10.1.1.9:5000")];
        VpnAddress betas = VpnAddress.Parse("fd88::7");
        RendezvousClient alpha = bench.Connect("alpha");
        RendezvousClient beta = bench.Connect("beta", bench.NewAddress(), betas);
        alpha.Register(alphasOwn);
        beta.Register(betasOwn);

        uint request = byName ? alpha.Find("beta") : alpha.Find(betas);
        IntroductionMessage toAlpha = alpha.NextIntroduction();
        IntroductionMessage toBeta = beta.NextIntroduction();
        Assert.Multiple(() =>
        {
            Assert.That(toAlpha.Request, Is.EqualTo(request));
            Assert.That(toAlpha.Name, Is.EqualTo("beta"));
            Assert.That(toAlpha.PublicEndPoint, Is.EqualTo(beta.OutsideEndPoint));
            Assert.That(toAlpha.LocalEndPoints, Is.EqualTo(betasOwn));
            Assert.That(toAlpha.Channel, Is.Not.Zero);
            Assert.That(toBeta.Request, Is.Zero);
            Assert.That(toBeta.Name, Is.EqualTo("alpha"));
            Assert.That(toBeta.PublicEndPoint, Is.EqualTo(alpha.OutsideEndPoint));
            Assert.That(toBeta.LocalEndPoints, Is.EqualTo(alphasOwn));
            Assert.That(toBeta.Channel, Is.Not.Zero);
        });

        Assert.That(bench.Statistics.Finds, Is.EqualTo(1));
        Assert.That(bench.Statistics.Introductions, Is.EqualTo(1));
        Assert.That(RendezvousBench.Introduce(beta, alpha), Is.EqualTo((toBeta.Channel, toAlpha.Channel)), "channels stay while both do");
        Assert.That(bench.Statistics.Channels, Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_registration_that_is_repeated_tells_the_new_endpoints_and_leaves_out_what_is_nowhere()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Connect("beta");
        beta.Register(IPEndPoint.Parse("10.1.1.9:5000"));
        beta.Register([.. "0.0.0.0:1 [::]:1 224.0.0.1:1 255.255.255.255:1 [ff02::1]:1 [::ffff:239.1.1.1]:1 10.1.1.10:5000".Split(' ').Select(IPEndPoint.Parse)]);
        alpha.Find("beta");
        Assert.That(alpha.NextIntroduction().LocalEndPoints, Is.EqualTo(new[] { IPEndPoint.Parse("10.1.1.10:5000") }));
    }

    [Test]
    [CancelAfter(60_000)]
    public void What_can_not_be_introduced_is_answered_with_the_reason()
    {
        using RendezvousBench bench = new();
        VpnAddress own = bench.NewAddress();
        RendezvousClient alpha = bench.Connect("alpha", own);
        uint request = alpha.Find("alpha");
        Assert.That(alpha.NextNotFound(), Is.EqualTo(new NotFoundMessage(request, FindFailure.RegisterFirst)));
        alpha.Register();
        RendezvousClient unregistered = bench.Connect("beta");
        unregistered.AssertNothingElse();

        AssertDeclined(alpha, alpha.Find("alpha"), FindFailure.Yourself);
        AssertDeclined(alpha, alpha.Find(own), FindFailure.Yourself);
        AssertDeclined(alpha, alpha.Find("beta"), FindFailure.NotRegistered);
        AssertDeclined(alpha, alpha.Find("ALPHA"), FindFailure.NotRegistered);
        AssertDeclined(alpha, alpha.Find(VpnAddress.Parse("10.88.200.1")), FindFailure.NotRegistered);
        AssertDeclined(alpha, alpha.Find(VpnAddress.Parse("fd88::1234")), FindFailure.NotRegistered);
        unregistered.AssertNothingElse();
        Assert.That(bench.Statistics.RegisterFirst, Is.EqualTo(1));
        Assert.That(bench.Statistics.Yourself, Is.EqualTo(2));
        Assert.That(bench.Statistics.NotRegistered, Is.EqualTo(4));
        Assert.That(bench.Statistics.Introductions, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_flood_of_questions_is_limited_for_each_node_by_itself()
    {
        const int PerSecond = 20;
        using RendezvousBench bench = new(requestsPerSecond: PerSecond);
        RendezvousClient flooder = bench.Registered("flooder"); // one of the burst of 40
        RendezvousClient other = bench.Registered("other");
        AssertAnswers(flooder, questions: 500, notRegistered: (2 * PerSecond) - 1);

        AssertDeclined(other, other.Find("nobody"), FindFailure.NotRegistered);
        Assert.That(bench.Log.Of(LogIds.RequestsLimited), Has.Count.EqualTo(1));
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        AssertAnswers(flooder, questions: 50, notRegistered: PerSecond);
        flooder.Send(new RegisterMessage([]).Write(new byte[ControlMessage.MaxLength]));
        flooder.AssertNothingElse();
        Assert.That(bench.Statistics.RegistrationsLimited, Is.EqualTo(1));
        Assert.That(bench.Statistics.TooManyRequests, Is.EqualTo(550 - (3 * PerSecond) + 1));

        static void AssertAnswers(RendezvousClient client, int questions, int notRegistered)
        {
            for (int i = 0; i < questions; i++)
            {
                client.Find("nobody");
            }

            List<FindFailure> reasons = [];
            foreach (byte[] answer in client.Drain())
            {
                Assert.That(NotFoundMessage.TryRead(answer, out NotFoundMessage? notFound), Is.True);
                reasons.Add(notFound!.Reason);
            }

            Assert.That(reasons, Has.Count.EqualTo(questions), "each is answered");
            Assert.That(reasons.Take(notRegistered), Is.All.EqualTo(FindFailure.NotRegistered));
            Assert.That(reasons.Skip(notRegistered), Is.All.EqualTo(FindFailure.TooManyRequests));
        }
    }

    private static void AssertDeclined(RendezvousClient client, uint request, FindFailure reason) =>
        Assert.That(client.NextNotFound(), Is.EqualTo(new NotFoundMessage(request, reason)));
}
