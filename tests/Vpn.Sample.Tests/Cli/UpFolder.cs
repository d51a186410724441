using System.Text.Json;
using FifoVpn.Pki;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Cli;

/// <summary>A folder with all that <c>fifovpn up</c> needs; a test then spoils one thing.</summary>
internal sealed class UpFolder : IDisposable
{
    private readonly FifoDtls.TestSupport.TempDirectory _directory = new();

    public UpFolder()
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        PkiFiles.SaveCa(authority, Path, force: false);
        foreach ((string name, string address) in new[] { ("alpha", "10.88.0.1"), ("beta", "10.88.0.2") })
        {
            using NodeCertificate node = authority.Issue(name, [VpnAddress.Parse(address)]);
            PkiFiles.SaveNode(node, Path, force: false);
        }
    }

    public string Path => _directory.FullPath;

    public string PathOf(string name) => _directory.PathOf(name);

    /// <summary>Writes the configuration of alpha and returns its path.</summary>
    public string WriteConfig(
        string address = "10.88.0.1/24", string listen = "127.0.0.1:0", string key = "alpha.key", string ca = "ca.pem", string extraKey = "mtu", object? extraValue = null)
    {
        Dictionary<string, object> config = new()
        {
            ["addresses"] = new[] { address },
            ["listen"] = listen,
            ["certificate"] = "alpha.pem",
            ["privateKey"] = key,
            ["ca"] = ca,
            ["statusSocket"] = "none",
            ["peers"] = new[] { new Dictionary<string, object> { ["name"] = "beta", ["addresses"] = new[] { "10.88.0.2" } } },
            [extraKey] = extraValue ?? 1300,
        };
        return _directory.Write("alpha.json", JsonSerializer.Serialize(config));
    }

    public void Dispose() => _directory.Dispose();
}
