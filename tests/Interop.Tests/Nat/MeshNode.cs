using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>A namespace with <c>fifovpn up</c> in it.</summary>
internal sealed class MeshNode(Mesh mesh, string name, int index, TempDirectory files) : IDisposable
{
    public const string Device = "fifovpn0";
    public const int Port = 4443;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<ChildProcess> _ended = [];
    private ChildProcess? _up;

    public string Name => name;

    /// <summary>The index of the namespace.</summary>
    public int Index => index;

    /// <summary>The node's address on the internet, if it has no NAT.</summary>
    public string? Outside { get; init; }

    /// <summary>The namespace, as <c>ip netns</c> lists it.</summary>
    public string Namespace => mesh.Net.Namespaces[index];

    public string IPv4 => MeshPki.IPv4(name);

    public string IPv6 => MeshPki.IPv6(name);

    public ChildProcess Up => _up ?? throw new InvalidOperationException($"{name} is not up.");

    /// <summary>What the node has logged, in all its lives.</summary>
    public string Log => string.Concat(_ended.Append(_up).Select(process => process?.Text(OutputStream.Error)));

    /// <summary>A configuration's entry for this node.</summary>
    /// <param name="endpoint">Where it is called; null: a rendezvous server knows.</param>
    public JsonObject AsPeer(string? endpoint = null)
    {
        JsonObject peer = new() { ["name"] = name, ["addresses"] = new JsonArray(IPv4, IPv6) };
        if (endpoint is not null)
        {
            peer["endpoint"] = endpoint;
        }

        return peer;
    }

    /// <summary>Writes the configuration and starts the node.</summary>
    /// <param name="settings">Keys besides those that all nodes have.</param>
    public void Start(object[] rendezvous, JsonObject[] peers, params (string Key, JsonNode Value)[] settings)
    {
        JsonObject config = new()
        {
            ["device"] = Device,
            ["addresses"] = new JsonArray(IPv4 + "/24", IPv6 + "/64"),
            ["listen"] = $"0.0.0.0:{Port}",
            ["certificate"] = MeshPki.PathOf(name + ".pem"),
            ["privateKey"] = MeshPki.PathOf(name + ".key"),
            ["ca"] = MeshPki.PathOf("ca.pem"),
            ["keepalive"] = 2,
            ["statusSocket"] = "none",
            ["rendezvous"] = JsonSerializer.SerializeToNode(rendezvous),
            ["peers"] = JsonSerializer.SerializeToNode(peers),
        };
        foreach ((string key, JsonNode value) in settings)
        {
            config[key] = value;
        }

        files.Write(name + ".json", config.ToJsonString());
        StartAgain();
    }

    /// <summary>Starts the node with the configuration that it had.</summary>
    public void StartAgain()
    {
        if (_up is not null)
        {
            _up.Dispose();
            _ended.Add(_up);
        }

        _up = mesh.Net.Namespaces.StartDotnet(index, "fifovpn", "up", "--config", files.PathOf(name + ".json"));
    }

    /// <summary>Waits until the node has its device and listens.</summary>
    public void WaitUntilUp() => Up.WaitForLine(OutputStream.Error, $"Device {Device}, MTU", Limit, fromStart: true);

    /// <summary>Waits for the next line that tells a registration.</summary>
    public void WaitUntilRegistered(string server = Mesh.FirstServer, bool fromStart = false) =>
        Up.WaitForLine(OutputStream.Error, $"Registered with rendezvous server {server} ", Limit, fromStart);

    /// <summary>Where the last link to another node leads: an address, or "relay" and a name; null: none yet.</summary>
    public string? WhereIs(MeshNode peer)
    {
        MatchCollection lines = Regex.Matches(Log, $"Connected to {peer.Name} at (.*) as ");
        return lines.Count > 0 ? lines[^1].Groups[1].Value : null;
    }

    public ProcessResult Run(string program, params string[] arguments) => mesh.Net.Namespaces.Run(index, Limit, program, arguments);

    public ChildProcess StartTool(string program, params string[] arguments) => mesh.Net.Namespaces.Start(index, program, arguments);

    /// <summary>Whether one ping is answered within a second.</summary>
    public bool Pings(string address) => Run("ping", "-c", "1", "-W", "1", address).ExitCode == 0;

    /// <summary>Pings through the tunnel until an answer comes, over both families.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Reaches(MeshNode peer, TimeSpan? limit = null)
    {
        long start = Stopwatch.GetTimestamp();
        Eventually.True(() => Pings(peer.IPv4), limit ?? Limit, $"{name} reaches {peer.Name} at {peer.IPv4}");
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        Eventually.True(() => Pings(peer.IPv6), Limit, $"{name} reaches {peer.Name} at {peer.IPv6}");
        return taken;
    }

    public void Dispose()
    {
        _up?.Dispose();
        _ended.ForEach(process => process.Dispose());
    }
}
