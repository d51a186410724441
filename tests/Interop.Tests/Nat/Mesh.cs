using System.Text.Json;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>A <see cref="NatNetwork"/> with <c>fifovpn</c> processes in it: nodes by their names, and rendezvous servers on the internet.</summary>
internal sealed class Mesh : IDisposable
{
    public const string FirstServer = "meet";
    public const string SecondServer = "meet2";
    public const int ServerPort = 4443;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _files = new();
    private readonly Dictionary<string, ChildProcess> _servers = [];
    private readonly List<MeshNode> _nodes = [];

    public NatNetwork Net { get; } = new();

    /// <summary>The configuration's entry for a server.</summary>
    public static object At(string server, string? address = null) =>
        new { name = server, endpoint = $"{address ?? AddressOf(server)}:{ServerPort}" };

    /// <summary>Skips the calling test where nothing of this can be made.</summary>
    public static void Require()
    {
        NatNetwork.Require();
        Requires.TunDevice();
        Requires.IPv6(); // inside the tunnel
        Requires.Tool("ping");
    }

    /// <summary>Adds a NAT router for nodes, which all have the same port inside.</summary>
    public NatRouter AddRouter(NatKind kind) => Net.AddRouter(kind, MeshNode.Port);

    /// <summary>Adds a node behind a router.</summary>
    public MeshNode AddNode(string name, NatRouter router) => Add(new MeshNode(this, name, Net.AddHost(router), _files));

    /// <summary>Adds a node on the internet.</summary>
    public MeshNode AddNode(string name)
    {
        (int index, string address) = Net.AddPublicHost();
        return Add(new MeshNode(this, name, index, _files) { Outside = address });
    }

    /// <summary>Starts a rendezvous server and waits until it listens.</summary>
    public ChildProcess StartServer(string name = FirstServer, string? listen = null, int keepalive = 2)
    {
        if (_servers.Remove(name, out ChildProcess? old))
        {
            old.Dispose();
        }

        string config = _files.PathOf(name + ".json");
        File.WriteAllText(
            config,
            JsonSerializer.Serialize(new
            {
                listen = $"{listen ?? AddressOf(name)}:{ServerPort}",
                certificate = MeshPki.PathOf(name + ".pem"),
                privateKey = MeshPki.PathOf(name + ".key"),
                ca = MeshPki.PathOf("ca.pem"),
                keepalive,
                relayRateLimit = 10_000_000,
                statusSocket = PathOf(name + ".sock"),
            }));
        ChildProcess server = Net.Namespaces.StartDotnet(NatNetwork.Internet, "fifovpn", "rendezvous", "--config", config);
        _servers.Add(name, server);
        server.WaitForLine(OutputStream.Error, "Rendezvous server on", Limit, fromStart: true);
        return server;
    }

    public string PathOf(string file) => _files.PathOf(file);

    /// <summary>What all processes have logged, for a failure's message.</summary>
    public string Logs() =>
        string.Concat(_nodes.Select(node => $"--- {node.Name}\n{node.Log}").Concat(_servers.Select(server => $"--- {server.Key}\n{server.Value.Text(OutputStream.Error)}")));

    public void Dispose()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed || TestContext.CurrentContext.Result.Assertions.Any())
        {
            TestContext.Error.WriteLine(Logs());
        }

        _nodes.ForEach(node => node.Dispose());
        foreach (ChildProcess server in _servers.Values)
        {
            server.Dispose();
        }

        Net.Dispose();
        _files.Dispose();
    }

    private static string AddressOf(string server) => server == FirstServer ? NatNetwork.FirstServer : NatNetwork.SecondServer;

    private MeshNode Add(MeshNode node)
    {
        _nodes.Add(node);
        return node;
    }
}
