using System.Text.Json.Nodes;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>Nodes on the internet with static endpoints and no rendezvous server.</summary>
internal sealed class StarTests : MeshTestBase
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Test]
    [CancelAfter(180_000)]
    public void Spokes_reach_each_other_through_the_hub()
    {
        MeshNode hub = _mesh.AddNode("alpha");
        MeshNode first = _mesh.AddNode("beta", _mesh.AddRouter(NatKind.Symmetric));
        MeshNode second = _mesh.AddNode("gamma", _mesh.AddRouter(NatKind.Symmetric));
        hub.Start([], [first.AsPeer(), second.AsPeer()], ("forward", true));
        foreach (MeshNode spoke in (MeshNode[])[first, second])
        {
            JsonObject peer = hub.AsPeer($"{hub.Outside}:{MeshNode.Port}");
            peer["allowedAddresses"] = new JsonArray("10.88.0.0/24", "fd88::/64");
            spoke.Start([], [peer]);
            spoke.WaitUntilUp();
        }

        first.Reaches(hub);
        second.Reaches(hub);
        first.Reaches(second);
        second.Reaches(first);
        using NamespaceTransfer transfer = new(first, second, second.IPv4);
        transfer.Send(2_000_000, Limit);
        Assert.That(first.Run("ping", "-c", "1", "-W", "2", "-t", "1", second.IPv4).Output, Does.Contain("exceeded").IgnoreCase, "the hub counts as a hop");
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_flooded_peer_with_a_rate_limit_costs_another_peer_nothing()
    {
        Requires.Tool("iperf3");
        MeshNode alpha = _mesh.AddNode("alpha");
        MeshNode slow = _mesh.AddNode("beta");
        MeshNode other = _mesh.AddNode("gamma");
        JsonObject limited = slow.AsPeer($"{slow.Outside}:{MeshNode.Port}");
        limited["rateLimit"] = 100_000;
        alpha.Start([], [limited, other.AsPeer($"{other.Outside}:{MeshNode.Port}")]);
        slow.Start([], [alpha.AsPeer()]);
        other.Start([], [alpha.AsPeer()]);
        slow.WaitUntilUp();
        other.WaitUntilUp();
        alpha.Reaches(slow);
        alpha.Reaches(other);

        using ChildProcess server = slow.StartTool("iperf3", "-s", "-1", "--forceflush");
        server.WaitForLine(OutputStream.Output, "Server listening", Limit, fromStart: true);
        using ChildProcess flood = alpha.StartTool("iperf3", "-c", slow.IPv4, "-u", "-b", "50M", "-l", "1000", "-t", "8");
        using ChildProcess ping = alpha.StartTool("ping", "-c", "30", "-i", "0.2", "-W", "5", other.IPv4);
        ping.WaitForExit(Limit);
        Assert.That(ping.Text(OutputStream.Output), Does.Contain("30 received, 0% packet loss"));
        Assert.That(flood.HasExited, Is.False, "the flood lasted longer than the pings: " + flood.Text(OutputStream.Output) + flood.Text(OutputStream.Error));
        flood.WaitForExit(Limit);
        string report = server.Text(OutputStream.Output);
        TestContext.Out.WriteLine(report);
        Assert.That(report, Does.Match(@"\((8[0-9]|9[0-9])(\.[0-9]+)?%\)"), "most of the flood is dropped before it is sent");
    }

    /// <summary>The resolver reads the namespace's own hosts file, which <c>ip netns exec</c> puts in the place of the system's.</summary>
    [Test]
    [CancelAfter(180_000)]
    public void A_host_name_is_looked_up_again_when_its_peer_is_gone()
    {
        MeshNode alpha = _mesh.AddNode("alpha");
        MeshNode beta = _mesh.AddNode("beta");
        string folder = Directory.CreateDirectory($"/etc/netns/{alpha.Namespace}").FullName;
        try
        {
            string hosts = Path.Combine(folder, "hosts");
            File.WriteAllText(hosts, $"{beta.Outside} beta.example\n");
            alpha.Start([], [beta.AsPeer($"beta.example:{MeshNode.Port}")]);
            beta.Start([], [alpha.AsPeer()]);
            beta.WaitUntilUp();
            alpha.Reaches(beta);

            string moved = beta.Outside![..^1] + "7";
            beta.Run("ip", "address", "flush", "dev", "veth0", "scope", "global").EnsureSuccess();
            beta.Run("ip", "address", "add", moved + "/24", "dev", "veth0").EnsureSuccess();
            beta.Run("ip", "route", "replace", "default", "via", beta.Outside[..^1] + "1").EnsureSuccess();
            File.WriteAllText(hosts, $"{moved} beta.example\n"); // the same file: it is bound, not looked for
            Eventually.Equal($"{moved}:{MeshNode.Port}", () => alpha.WhereIs(beta), Limit, "where beta is connected");
            alpha.Reaches(beta);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
