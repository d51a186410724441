using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>Nodes behind NATs that no direct path leads through.</summary>
[Parallelizable(ParallelScope.Self)] // each mesh has namespaces of its own, and most of the time is waiting
internal sealed class RelayTests : MeshTestBase
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private NatRouter _routerA = null!;
    private NatRouter _routerB = null!;
    private MeshNode _alpha = null!;
    private MeshNode _beta = null!;

    [Test]
    [CancelAfter(180_000)]
    public void Behind_symmetric_NATs_the_server_relays_and_sees_nothing()
    {
        Requires.Tools("tcpdump", "tshark");
        StartAll(NatKind.Symmetric);
        const string pattern = "5ca1ab1ec0ffee42f00dfacedeadbea7";
        using (ChildProcess capture = _mesh.Net.Namespaces.Start(
            NatNetwork.Internet, "tcpdump", "-Z", "root", "--immediate-mode", "-U", "-B", "32768", "-s", "0", "-i", "any", "-w", _mesh.PathOf("server.pcap")))
        {
            capture.WaitForLine(OutputStream.Error, "listening on", Limit);
            _alpha.Reaches(_beta);
            _beta.Reaches(_alpha);
            _alpha.Run("ping", "-c", "5", "-i", "0.2", "-s", "200", "-p", pattern, _beta.IPv4).EnsureSuccess();
            using (NamespaceTransfer transfer = new(_alpha, _beta, _beta.IPv4))
            {
                transfer.Send(2_000_000, Limit);
            }

            capture.Signal(ChildProcess.SigTerm);
            capture.WaitForExit(Limit);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(_alpha.WhereIs(_beta), Is.EqualTo("relay meet"));
            Assert.That(_beta.WhereIs(_alpha), Is.EqualTo("relay meet"));
            Assert.That(File.ReadAllBytes(_mesh.PathOf("server.pcap")).AsSpan().IndexOf(Convert.FromHexString(pattern)), Is.Negative, "the pattern at the server");
            Assert.That(Count("udp && dtls.record.version == 0xfefd && dtls.record.content_type == 23"), Is.GreaterThan(100), "records");
            Assert.That(Count("tcp || (icmp && !(icmp.type == 3)) || (udp && !dtls)"), Is.Zero, "packets that are no DTLS");
        }
    }

    [Test]
    [CancelAfter(240_000)]
    public void After_the_NATs_have_become_port_restricted_the_direct_path_is_taken()
    {
        StartAll(NatKind.Symmetric);
        _alpha.Reaches(_beta);
        Assert.That(_alpha.WhereIs(_beta), Is.EqualTo("relay meet"));
        using ChildProcess ping = _alpha.StartTool("ping", "-i", "0.2", _beta.IPv4);
        foreach (NatRouter router in (NatRouter[])[_routerA, _routerB])
        {
            router.Become(NatKind.PortRestricted, MeshNode.Port);
            router.Flush();
        }

        AssertDirectWithin(TimeSpan.FromSeconds(60));
    }

    /// <summary>The way is tried again every 30 s, and the link through the server carries the packets until then.</summary>
    [Test]
    [CancelAfter(240_000)]
    public void A_direct_path_that_opens_later_is_taken_without_losing_a_packet()
    {
        StartAll(NatKind.PortRestricted, NatNetwork.FirstServer);
        _alpha.Reaches(_beta);
        Assert.That(_alpha.WhereIs(_beta), Is.EqualTo("relay meet"));
        using ChildProcess ping = _alpha.StartTool("ping", "-i", "0.2", _beta.IPv4);
        _routerA.AllowOnly(null);
        _routerB.AllowOnly(null);

        AssertDirectWithin(TimeSpan.FromSeconds(60));
        ping.Signal(ChildProcess.SigInt);
        ping.WaitForExit(Limit);
        Assert.That(ping.Text(OutputStream.Output), Does.Contain(" 0% packet loss"));
    }

    private void AssertDirectWithin(TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        Eventually.True(
            () => _alpha.WhereIs(_beta)?.StartsWith(_routerB.PublicAddress, StringComparison.Ordinal) == true, limit, "alpha has the direct way to beta");
        TestContext.Out.WriteLine($"Direct after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        _alpha.Reaches(_beta);
        _beta.Reaches(_alpha);
    }

    private void StartAll(NatKind kind, string? onlyServer = null)
    {
        _routerA = _mesh.AddRouter(kind);
        _routerB = _mesh.AddRouter(kind);
        _routerA.AllowOnly(onlyServer);
        _routerB.AllowOnly(onlyServer);
        _alpha = _mesh.AddNode("alpha", _routerA);
        _beta = _mesh.AddNode("beta", _routerB);
        _mesh.StartServer();
        _alpha.Start([Mesh.At(Mesh.FirstServer)], [_beta.AsPeer()]);
        _beta.Start([Mesh.At(Mesh.FirstServer)], [_alpha.AsPeer()]);
        _alpha.WaitUntilRegistered();
        _beta.WaitUntilRegistered();
    }

    private int Count(string filter) => ChildProcess.Run(
        Limit, "tshark", "-r", _mesh.PathOf("server.pcap"), "-d", $"udp.port=={Mesh.ServerPort},dtls", "-Y", filter, "-T", "fields", "-e", "frame.number")
        .EnsureSuccess().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
