using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>
/// Two namespaces joined by a veth pair, with certificates that <c>fifovpn pki</c> has made and a configuration for <c>fifovpn up</c> in
/// each. Not up yet.
/// </summary>
internal sealed class Tunnel : IDisposable
{
    public const int Port = 4443;

    private readonly NetworkNamespaces _network;
    private readonly TempDirectory _files = new();

    public Tunnel(bool outsideIPv6 = false, bool offload = true)
    {
        _network = NetworkNamespaces.CreatePair();
        try
        {
            Alpha = new TunnelSide(_network, 0, _files, "alpha", null, Listen(outsideIPv6, NetworkNamespaces.FirstIPv4, NetworkNamespaces.FirstIPv6), offload);
            Beta = new TunnelSide(_network, 1, _files, "beta", Alpha, Listen(outsideIPv6, NetworkNamespaces.SecondIPv4, NetworkNamespaces.SecondIPv6), offload);
            Alpha.Pki("init", "--dir", _files.FullPath);
            foreach (TunnelSide side in (TunnelSide[])[Alpha, Beta])
            {
                side.Pki("issue", side.Name, "--dir", _files.FullPath, "--address", side.IPv4, "--address", side.IPv6);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public TunnelSide Alpha { get; } = null!;

    public TunnelSide Beta { get; } = null!;

    /// <summary>Skips the calling test where a tunnel can't be made.</summary>
    public static void Require()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        Requires.IPv6(); // the tunnel carries both families
        Requires.Tool("ping");
    }

    public string PathOf(string name) => _files.PathOf(name);

    /// <summary>Starts both sides and waits until packets cross both ways.</summary>
    public void Start()
    {
        Alpha.Start();
        Beta.Start();
        Alpha.WaitUntilUp();
        Beta.WaitUntilUp();
        Alpha.WaitUntilReaches(Beta);
        Beta.WaitUntilReaches(Alpha);
    }

    public void Dispose()
    {
        Alpha?.Dispose();
        Beta?.Dispose();
        _network.Dispose();
        _files.Dispose();
    }

    private static string Listen(bool outsideIPv6, string ipv4, string ipv6) => outsideIPv6 ? $"[{ipv6}]:{Port}" : $"{ipv4}:{Port}";
}
