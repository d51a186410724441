using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>
/// The whole program on real TUN devices: two namespaces, a cable between them, <c>fifovpn up</c> in each. All tests of a fixture use one
/// tunnel.
/// </summary>
[TestFixture(false, TestName = "TunnelTests over IPv4")]
[TestFixture(true, TestName = "TunnelTests over IPv6")]
internal sealed class TunnelTests(bool outsideIPv6)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private Tunnel _tunnel = null!;

    [OneTimeSetUp]
    public void StartTunnel()
    {
        Tunnel.Require();
        _tunnel = new Tunnel(outsideIPv6);
        _tunnel.Start();
    }

    [OneTimeTearDown]
    public void EndTunnel() => _tunnel?.Dispose();

    [Test]
    [CancelAfter(120_000)]
    public void Pings_cross_both_ways_without_loss()
    {
        ChildProcess[] pings =
        [
            StartPing(_tunnel.Alpha, _tunnel.Beta.IPv4),
            StartPing(_tunnel.Alpha, _tunnel.Beta.IPv6),
            StartPing(_tunnel.Beta, _tunnel.Alpha.IPv4),
            StartPing(_tunnel.Beta, _tunnel.Alpha.IPv6),
        ];
        foreach (ChildProcess ping in pings)
        {
            using (ping)
            {
                ping.WaitForExit(Limit);
                Assert.That(ping.Text(OutputStream.Output), Does.Contain("20 packets transmitted, 20 received, 0% packet loss"), _tunnel.Alpha.Logs(_tunnel.Beta));
            }
        }
    }

    [Test]
    [CancelAfter(120_000)]
    public void Nothing_crosses_the_cable_in_clear()
    {
        Requires.Tools("tcpdump", "tshark");
        const string pattern = "5ca1ab1ec0ffee42f00dfacedeadbea7";
        using PacketCapture cable = new(_tunnel.Alpha.StartTool, "veth0", _tunnel.PathOf("cable.pcap"), Tunnel.Port);
        using PacketCapture inside = new(_tunnel.Alpha.StartTool, TunnelSide.Device, _tunnel.PathOf("inside.pcap"), Tunnel.Port);
        foreach (string address in (string[])[_tunnel.Beta.IPv4, _tunnel.Beta.IPv6])
        {
            _tunnel.Alpha.Run("ping", "-c", "5", "-i", "0.1", "-s", "200", "-p", pattern, address).EnsureSuccess();
        }

        byte[] cableBytes = cable.Stop();
        byte[] insideBytes = inside.Stop();
        byte[] marker = Convert.FromHexString(pattern);
        string other = outsideIPv6 ? "ipv6" : "ip";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(insideBytes.AsSpan().IndexOf(marker), Is.GreaterThan(0), "the pattern is visible inside the tunnel");
            Assert.That(cableBytes.AsSpan().IndexOf(marker), Is.Negative, "the pattern on the cable");
            Assert.That(inside.Count("icmp || icmpv6"), Is.GreaterThanOrEqualTo(20));
            Assert.That(cable.Count("tcp || icmp || (icmpv6 && icmpv6.type < 133)"), Is.Zero, "packets in clear");
            Assert.That(cable.Count("dtls.record.version == 0xfefd && dtls.record.content_type == 23"), Is.GreaterThanOrEqualTo(20));
            Assert.That(cable.Count($"udp && !({other} && dtls && udp.port == {Tunnel.Port})"), Is.Zero, "datagrams that are no DTLS");
            Assert.That(cable.Count("dtls && (_ws.malformed || !dtls.record.version)"), Is.Zero, "malformed DTLS");
            Assert.That(cable.Count("dtls.record.version && !(dtls.record.version == 0xfefd || dtls.record.version == 0xfeff)"), Is.Zero);
        }
    }

    private static ChildProcess StartPing(TunnelSide side, string address) => side.StartTool("ping", "-c", "20", "-i", "0.1", "-W", "5", address);
}
