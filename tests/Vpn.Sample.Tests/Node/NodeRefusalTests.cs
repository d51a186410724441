using System.Diagnostics;
using System.Text.RegularExpressions;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Node;
using FifoVpn.Pki;

namespace FifoVpn.Tests.Node;

/// <summary>
/// Who is not let in. The other side is a plain endpoint, so that each attempt happens once; whatever it sends, nothing comes out of the
/// node's device.
/// </summary>
internal sealed class NodeRefusalTests
{
    private TestVpn _vpn = null!;
    private VpnMember _alpha = null!;
    private VpnMember _beta = null!;
    private VpnMember _gamma = null!;

    [SetUp]
    public void MakeVpn()
    {
        _vpn = new TestVpn();
        _alpha = _vpn.Member("alpha");
        _beta = _vpn.Member("beta");
        _gamma = _vpn.Member("gamma");
    }

    [TearDown]
    public void EndVpn() => _vpn.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void A_caller_with_a_certificate_of_another_CA_is_refused()
    {
        using CertificateAuthority other = CertificateAuthority.Create("Other CA");
        TestNode a = _vpn.Start(_alpha, _beta.Awaited());
        using DtlsEndpoint impostor = _vpn.Impostor(_beta, _vpn.Context(other, "beta", _beta.Addresses));

        Assert.That(() => impostor.Connect(_alpha.Outside).Dispose(), Throws.InstanceOf<DtlsException>());

        AssertRefused(a, LogCapture.HandshakeFailed, @"CertificateRefused: .*(issuer|verify|self)");
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_called_peer_with_a_certificate_of_another_CA_is_refused()
    {
        using CertificateAuthority other = CertificateAuthority.Create("Other CA");
        using DtlsEndpoint impostor = _vpn.Impostor(_beta, _vpn.Context(other, "beta", _beta.Addresses));
        TestNode a = _vpn.Start(_alpha, _beta.Called());

        AssertRefused(a, LogCapture.CallFailed, @"Calling beta failed: .*: .*(issuer|verify|self)");
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_name_that_is_not_configured_is_refused_though_the_CA_issued_it()
    {
        TestNode a = _vpn.Start(_alpha, _beta.Awaited());
        CallAndBeClosed(_gamma, _vpn.ContextOf(_gamma));
        AssertRefused(a, LogCapture.Refused, $"Refused {Regex.Escape(_gamma.Outside.ToString())}: \"gamma\" is not among the configured peers");
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_certificate_without_the_configured_address_is_refused()
    {
        TestNode a = _vpn.Start(_alpha, _beta.Awaited());
        CallAndBeClosed(_beta, _vpn.Context(_vpn.Authority, "beta", _beta.IPv4, _gamma.IPv6));
        AssertRefused(a, LogCapture.Refused, "the certificate of \"beta\" does not carry its configured address fd88::2$");
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_known_peer_that_answers_where_another_was_called_is_refused()
    {
        using DtlsEndpoint gamma = _vpn.Impostor(_gamma, _vpn.ContextOf(_gamma));
        TestNode a = _vpn.Start(_alpha, _beta.CalledAt(_gamma.Outside), _gamma.Awaited());
        using DtlsPeer accepted = gamma.TryAccept(TestNode.Limit)!;
        SendUntilClosed(accepted, _gamma);

        AssertRefused(a, LogCapture.Refused, "\"beta\" was called, \"gamma\" answered$");
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_peer_that_is_refused_again_and_again_is_called_less_and_less()
    {
        TestNode g = _vpn.Start(_gamma, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, _beta.CalledAt(_gamma.Outside), _gamma.Awaited());
        LogEntry first = a.Log.WaitFor(LogCapture.Refused, TestNode.Limit);
        LogEntry third = a.Log.WaitFor(LogCapture.Refused, TestNode.Limit, count: 3);

        // 0.5 s after the first, 1 s after the second: only lower bounds, so that no load can break them.
        Assert.That(Stopwatch.GetElapsedTime(first.Timestamp, third.Timestamp), Is.GreaterThan(TimeSpan.FromSeconds(1.4)));
        a.AssertNothingDelivered();
        g.AssertNothingDelivered();
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_peer_that_refuses_again_and_again_is_called_less_and_less()
    {
        TestNode g = _vpn.Start(_gamma, _beta.Awaited());
        TestNode a = _vpn.Start(_alpha, _gamma.Called());
        LogEntry first = g.Log.WaitFor(LogCapture.Refused, TestNode.Limit);
        LogEntry third = g.Log.WaitFor(LogCapture.Refused, TestNode.Limit, count: 3);

        Assert.That(Stopwatch.GetElapsedTime(first.Timestamp, third.Timestamp), Is.GreaterThan(TimeSpan.FromSeconds(1.4)));
        a.AssertNothingDelivered();
        g.AssertNothingDelivered();
    }

    private void CallAndBeClosed(VpnMember caller, DtlsContext context)
    {
        using DtlsEndpoint impostor = _vpn.Impostor(caller, context);
        using DtlsPeer called = impostor.Connect(_alpha.Outside);
        SendUntilClosed(called, caller);
    }

    /// <summary>Offers packets that would be welcome from a peer, until the node closes the association.</summary>
    private void SendUntilClosed(DtlsPeer association, VpnMember sender)
    {
        byte[] packet = TestNode.Packet(sender.IPv4, _alpha.IPv4);
        byte[] buffer = new byte[16_384];
        DtlsReceiveStatus end = DtlsReceiveStatus.TimedOut;
        Eventually.True(
            () =>
            {
                if (association.IsEstablished)
                {
                    try
                    {
                        association.Send(packet);
                    }
                    catch (DtlsClosedException)
                    {
                        // The node was faster; Receive tells how it ended.
                    }
                }

                end = association.Receive(buffer, TimeSpan.Zero).Status;
                return end is not (DtlsReceiveStatus.TimedOut or DtlsReceiveStatus.Data); // data: it says why before it closes
            },
            TestNode.Limit,
            "the node closes the association");
        Assert.That(end, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
    }

    private static void AssertRefused(TestNode node, int id, string reason)
    {
        node.Log.WaitFor(id, TestNode.Limit);
        Eventually.Equal(0, () => node.Node.EndpointStatistics.Peers, TestNode.Limit, "associations");

        // What the refused side had still on its way is told as dropped.
        IReadOnlyList<LogEntry> warnings = [.. node.Log.WarningsAndErrors.Where(entry => entry.Id != LogCapture.DatagramsDropped)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(warnings, Has.Count.EqualTo(1), string.Join('\n', warnings));
            Assert.That(warnings[^1].Message, Does.Match(reason));
            Assert.That(node.Log.Of(LogCapture.Connected), Is.Empty);
            foreach (VpnPeer peer in node.Node.Peers)
            {
                Assert.That(peer.Link, Is.Null);
                Assert.That(peer.Counters.PacketsReceived, Is.Zero);
            }
        }

        node.AssertNothingDelivered();
    }
}
