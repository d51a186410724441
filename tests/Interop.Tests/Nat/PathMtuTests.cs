using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>Two nodes on the internet whose path has a hop with an MTU of 1280 bytes, from the start or from some moment on. The keepalive is 2 s.</summary>
internal sealed class PathMtuTests
{
    private const int Hop = 1280;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private Mesh _mesh = null!;
    private MeshNode _alpha = null!;
    private MeshNode _beta = null!;

    [SetUp]
    public void MakeMesh()
    {
        Mesh.Require();
        _mesh = new Mesh();
        _alpha = _mesh.AddNode("alpha");
        _beta = _mesh.AddNode("beta");
    }

    [TearDown]
    public void EndMesh() => _mesh?.Dispose();

    [Test]
    [CancelAfter(180_000)]
    public void Over_a_narrow_hop_both_families_work_and_senders_learn_what_fits()
    {
        Narrow();
        StartNodes();
        _alpha.Up.WaitForLine(OutputStream.Error, "Packets to beta at .* may have 12[0-9][0-9] bytes", Limit, fromStart: true);

        // 1300 bytes of data and 28 of headers fit into the device, but not into the path.
        Eventually.True(
            () => _alpha.Run("ping", "-c", "1", "-W", "1", "-M", "do", "-s", "1300", _beta.IPv4).Output.Contains("Frag needed", StringComparison.OrdinalIgnoreCase)
                || _alpha.Run("ping", "-c", "1", "-W", "1", "-M", "do", "-s", "1300", _beta.IPv4).Error.Contains("message too long", StringComparison.OrdinalIgnoreCase),
            Limit,
            "a ping that is too large is told so");
        Assert.That(_alpha.Run("ip", "route", "get", _beta.IPv4).Output, Does.Match("mtu 12[0-9][0-9]"), "the system has learnt it");
        Assert.That(_alpha.Run("ping", "-c", "3", "-i", "0.2", "-W", "2", "-M", "dont", "-s", "1300", _beta.IPv4).Output, Does.Contain(" 0% packet loss"), "in fragments");
        Assert.That(_alpha.Run("ping", "-c", "3", "-i", "0.2", "-W", "2", "-s", "1232", _beta.IPv6).Output, Does.Contain(" 0% packet loss"), "IPv6 packets of 1280 bytes");
        foreach (string address in (string[])[_beta.IPv4, _beta.IPv6])
        {
            using NamespaceTransfer transfer = new(_alpha, _beta, address);
            transfer.Send(5_000_000, Limit);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(180_000)]
    public void A_hop_that_becomes_narrow_in_mid_flow_stops_no_transfer(bool ipv6)
    {
        StartNodes();
        _alpha.Run("ping", "-c", "1", "-W", "5", "-M", "do", "-s", "1400", _beta.IPv4).EnsureSuccess(); // the whole width is used before
        using NamespaceTransfer transfer = new(_alpha, _beta, ipv6 ? _beta.IPv6 : _beta.IPv4);
        transfer.Send(10_000_000, Limit, Narrow);
        Assert.That(_alpha.Log, Does.Match("Packets to beta at .* may have"));
        Assert.That(_alpha.Log, Does.Not.Contain("Disconnected"));
        transfer.Send(2_000_000, Limit);
    }

    private void Narrow() => _mesh.Net.SetMtu(1, _beta.Index, Hop);

    private void StartNodes()
    {
        _alpha.Start([], [_beta.AsPeer($"{_beta.Outside}:{MeshNode.Port}")]);
        _beta.Start([], [_alpha.AsPeer($"{_alpha.Outside}:{MeshNode.Port}")]);
        _alpha.WaitUntilUp();
        _beta.WaitUntilUp();
        _alpha.Reaches(_beta);
        _beta.Reaches(_alpha);
    }
}
