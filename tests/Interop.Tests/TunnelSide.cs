using System.Text.Json;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>One end of a tunnel: a namespace with <c>fifovpn up</c> in it.</summary>
internal sealed class TunnelSide : IDisposable
{
    public const string Device = "fifovpn0";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly NetworkNamespaces _network;
    private readonly int _index;
    private readonly string _config;
    private readonly bool _offload;
    private ChildProcess? _up;

    public TunnelSide(NetworkNamespaces network, int index, TempDirectory files, string name, TunnelSide? other, string listen, bool offload)
    {
        _network = network;
        _index = index;
        Name = name;
        Listen = listen;
        Files = files;
        _offload = offload;
        IPv4 = $"10.88.0.{index + 1}";
        IPv6 = $"fd88::{index + 1}";
        _config = files.PathOf(name + ".json");
        if (other is not null)
        {
            Configure(other);
            other.Configure(this);
        }
    }

    public string Name { get; }

    public string Listen { get; }

    public string IPv4 { get; }

    public string IPv6 { get; }

    public ChildProcess Up => _up ?? throw new InvalidOperationException($"{Name} is not up.");

    private TempDirectory Files { get; }

    /// <summary>Starts <c>fifovpn up</c>.</summary>
    public void Start()
    {
        _up?.Dispose();
        _up = StartDotnet("up", "--config", _config);
    }

    /// <summary>Waits until the node says that its device is there and that it listens.</summary>
    public void WaitUntilUp() => Up.WaitForLine(OutputStream.Error, $"Device {Device}, MTU", Limit, fromStart: true);

    public ProcessResult Pki(params string[] arguments)
    {
        using ChildProcess process = StartDotnet(["pki", .. arguments]);
        int code = process.WaitForExit(Limit);
        return new ProcessResult(process.Command, code, process.Text(OutputStream.Output), process.Text(OutputStream.Error)).EnsureSuccess();
    }

    public ChildProcess StartTool(string program, params string[] arguments) => _network.Start(_index, program, arguments);

    public ProcessResult Run(string program, params string[] arguments) => _network.Run(_index, Limit, program, arguments);

    /// <summary>Waits until the node is connected to the other, and pings through the tunnel until an answer comes.</summary>
    public void WaitUntilReaches(TunnelSide other)
    {
        Up.WaitForLine(OutputStream.Error, $"Connected to {other.Name} ", Limit, fromStart: true);
        foreach (string address in (string[])[other.IPv4, other.IPv6])
        {
            Eventually.True(() => Run("ping", "-c", "1", "-W", "1", address).ExitCode == 0, Limit, $"{Name} reaches {other.Name} at {address}");
        }
    }

    public bool HasDevice() => Run("ip", "link", "show", "dev", Device).ExitCode == 0;

    /// <summary>What both sides have logged, for a failure's message.</summary>
    public string Logs(TunnelSide other) =>
        $"--- {Name}\n{_up?.Text(OutputStream.Error)}--- {other.Name}\n{other._up?.Text(OutputStream.Error)}";

    public void Dispose() => _up?.Dispose();

    private ChildProcess StartDotnet(params string[] arguments) => _network.StartDotnet(_index, "fifovpn", arguments);

    private void Configure(TunnelSide peer) => File.WriteAllText(
        _config,
        JsonSerializer.Serialize(new
        {
            device = Device,
            addresses = new[] { IPv4 + "/24", IPv6 + "/64" },
            listen = Listen,
            offload = _offload,
            certificate = Files.PathOf(Name + ".pem"),
            privateKey = Files.PathOf(Name + ".key"),
            ca = Files.PathOf("ca.pem"),
            statusSocket = Files.PathOf(Name + ".sock"), // the default is one for the whole machine
            peers = new[] { new { name = peer.Name, addresses = new[] { peer.IPv4, peer.IPv6 }, endpoint = peer.Listen } },
        }));
}
