using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>Rendezvous servers that are killed and come back. The keepalive is 2 s.</summary>
[Parallelizable(ParallelScope.Self)] // each mesh has namespaces of its own, and most of the time is waiting
internal sealed class ServersTests : MeshTestBase
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly object[] Servers = [Mesh.At(Mesh.FirstServer), Mesh.At(Mesh.SecondServer)];

    [Test]
    [CancelAfter(240_000)]
    public void One_of_two_servers_may_die_and_comes_back()
    {
        MeshNode alpha = _mesh.AddNode("alpha", _mesh.AddRouter(NatKind.PortRestricted));
        MeshNode beta = _mesh.AddNode("beta", _mesh.AddRouter(NatKind.PortRestricted));
        MeshNode gamma = _mesh.AddNode("gamma", _mesh.AddRouter(NatKind.PortRestricted));
        ChildProcess first = _mesh.StartServer(Mesh.FirstServer);
        _mesh.StartServer(Mesh.SecondServer);
        MeshNode[] nodes = [alpha, beta, gamma];
        foreach (MeshNode node in nodes)
        {
            node.Start(Servers, [.. nodes.Where(other => other != node).Select(other => other.AsPeer())]);
        }

        foreach (MeshNode node in nodes)
        {
            node.WaitUntilRegistered(Mesh.FirstServer, fromStart: true);
            node.WaitUntilRegistered(Mesh.SecondServer, fromStart: true);
        }

        alpha.Reaches(beta);
        using ChildProcess ping = alpha.StartTool("ping", "-i", "0.2", beta.IPv4);
        first.Signal(ChildProcess.SigKill);
        first.WaitForExit(Limit);
        foreach (MeshNode node in nodes)
        {
            node.Up.WaitForLine(OutputStream.Error, $"Lost rendezvous server {Mesh.FirstServer}:", Limit, fromStart: true);
        }

        gamma.Reaches(alpha); // a new session, by the other server
        ping.Signal(ChildProcess.SigInt);
        ping.WaitForExit(Limit);
        Assert.That(ping.Text(OutputStream.Output), Does.Contain(" 0% packet loss"), "the session of before");

        _mesh.StartServer(Mesh.FirstServer);
        foreach (MeshNode node in nodes)
        {
            Eventually.True(() => Registrations(node) == 2, Limit, $"{node.Name} is registered again");
        }
    }

    [Test]
    [CancelAfter(240_000)]
    public void Nodes_that_start_before_all_servers_come_together_once_there_is_one()
    {
        MeshNode alpha = _mesh.AddNode("alpha", _mesh.AddRouter(NatKind.PortRestricted));
        MeshNode beta = _mesh.AddNode("beta", _mesh.AddRouter(NatKind.PortRestricted));
        alpha.Start(Servers, [beta.AsPeer()]);
        beta.Start(Servers, [alpha.AsPeer()]);
        alpha.Up.WaitForLine(OutputStream.Error, $"Calling rendezvous server {Mesh.SecondServer} at .* failed", Limit, fromStart: true);
        beta.WaitUntilUp();

        _mesh.StartServer(Mesh.SecondServer);
        alpha.Reaches(beta);
        beta.Reaches(alpha);
        Assert.That(alpha.WhereIs(beta), Does.Not.StartWith("relay"));
    }

    private static int Registrations(MeshNode node) =>
        node.Up.Lines(OutputStream.Error).Count(line => line.Contains($"Registered with rendezvous server {Mesh.FirstServer} ", StringComparison.Ordinal));
}
