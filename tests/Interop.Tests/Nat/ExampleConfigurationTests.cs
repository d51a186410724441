using System.Runtime.CompilerServices;
using System.Text.Json;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>The example configurations are run as they are; a further node of the same kind gets a copy with its own address, certificate and key, as the examples say.</summary>
[Parallelizable(ParallelScope.Self)] // each test has namespaces of its own, and most of the time is waiting
internal sealed class ExampleConfigurationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<ChildProcess> _programs = [];
    private readonly List<string> _resolvers = [];
    private NatNetwork _network = null!;
    private TempDirectory _files = null!;

    [SetUp]
    public void MakeNetwork()
    {
        Mesh.Require();
        _network = new NatNetwork();
        _files = new TempDirectory();
        Directory.CreateSymbolicLink(_files.PathOf("pki"), MeshPki.PathOf(""));
    }

    [TearDown]
    public void EndNetwork()
    {
        foreach (ChildProcess program in _programs)
        {
            if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
            {
                TestContext.Error.WriteLine($"---\n{program.Text(OutputStream.Error)}");
            }

            program.Dispose();
        }

        _programs.Clear();
        _resolvers.ForEach(folder => Directory.Delete(folder, recursive: true));
        _resolvers.Clear();
        _network?.Dispose();
        _files?.Dispose();
    }

    [Test]
    [CancelAfter(180_000)]
    public void Two_hosts()
    {
        (int alpha, string address) = _network.AddPublicHost();
        (int beta, _) = _network.AddPublicHost();
        Resolve(beta, "alpha.example", address);
        Start(alpha, "up", Example("two-hosts-a"));
        Start(beta, "up", Example("two-hosts-b"));

        AssertReaches(beta, "10.88.0.1");
        AssertReaches(beta, "fd88::1");
        AssertReaches(alpha, "10.88.0.2");
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_mesh_with_a_rendezvous_server()
    {
        (int alpha, _) = _network.AddPublicHost();
        (int beta, _) = _network.AddPublicHost();
        Start(NatNetwork.Internet, "rendezvous", Example("rendezvous"));
        foreach (int host in (int[])[alpha, beta])
        {
            Resolve(host, "meet.example", NatNetwork.FirstServer);
        }

        Start(alpha, "up", Example("mesh"));
        string copy = File.ReadAllText(Example("mesh")).Replace("10.88.0.1/24", "10.88.0.2/24", StringComparison.Ordinal).Replace("pki/alpha.", "pki/beta.", StringComparison.Ordinal);
        Start(beta, "up", _files.Write("mesh-beta.json", copy));

        AssertReaches(alpha, "10.88.0.2");
        AssertReaches(beta, "10.88.0.1");
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_hub()
    {
        (int hub, string address) = _network.AddPublicHost();
        (int beta, _) = _network.AddPublicHost();
        (int gamma, _) = _network.AddPublicHost();
        Start(hub, "up", Example("hub"));
        Start(beta, "up", Spoke("beta", address));
        Start(gamma, "up", Spoke("gamma", address));

        AssertReaches(beta, MeshPki.IPv4("gamma"));
        AssertReaches(gamma, MeshPki.IPv4("beta"));
    }

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "../../../examples");

    private string Example(string name) => _files.Write($"{name}.json", File.ReadAllText(Path.Combine(Folder(), $"{name}.json")));

    private string Spoke(string name, string hub) => _files.Write($"{name}.json", JsonSerializer.Serialize(new
    {
        addresses = new[] { $"{MeshPki.IPv4(name)}/24" },
        listen = "[::]:0",
        certificate = $"pki/{name}.pem",
        privateKey = $"pki/{name}.key",
        ca = "pki/ca.pem",
        peers = new[] { new { name = "hub", addresses = new[] { "10.88.0.1" }, allowedAddresses = new[] { "10.88.0.0/24" }, endpoint = $"{hub}:4443" } },
    }));

    // The default socket is in a folder of the whole machine, which tests leave alone.
    private void Start(int host, string command, string config) =>
        _programs.Add(_network.Namespaces.StartDotnet(host, "fifovpn", command, "--config", config, "--set", "statusSocket=none"));

    /// <summary>The resolver reads the namespace's own hosts file, which <c>ip netns exec</c> puts in the place of the system's.</summary>
    private void Resolve(int host, string name, string address)
    {
        string folder = Directory.CreateDirectory($"/etc/netns/{_network.Namespaces[host]}").FullName;
        _resolvers.Add(folder);
        File.WriteAllText(Path.Combine(folder, "hosts"), $"{address} {name}\n");
    }

    private void AssertReaches(int host, string address) =>
        Eventually.True(() => _network.Namespaces.Run(host, Limit, "ping", "-c", "1", "-W", "1", address).ExitCode == 0, Limit, $"{address} answers");
}
