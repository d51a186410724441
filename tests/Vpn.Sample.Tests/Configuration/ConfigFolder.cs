using FifoVpn.Configuration;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Configuration;

/// <summary>A folder with all files that a configuration names, and a small valid configuration of each kind that a test then changes.</summary>
internal sealed class ConfigFolder : IDisposable
{
    /// <summary>A node with two peers: beta has an endpoint, gamma has none.</summary>
    public const string Node = """
        { "addresses": ["10.88.0.1/24"], "listen": "[::]:0", "certificate": "alpha.pem", "privateKey": "alpha.key", "ca": "ca.pem",
          "peers": [{ "name": "beta", "addresses": ["10.88.0.2"], "endpoint": "192.0.2.2:4443" }, { "name": "gamma", "addresses": ["10.88.0.3"] }] }
        """;

    public const string Server = """
        { "listen": "[::]:4443", "certificate": "alpha.pem", "privateKey": "alpha.key", "ca": "ca.pem" }
        """;

    private readonly TemporaryFolder _folder = new();

    public ConfigFolder()
    {
        foreach (string name in new[] { "alpha.pem", "ca.pem", "one.crl", "two.crl", "no-program" })
        {
            File(name);
        }

        MakeFile("alpha.key", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        MakeFile("hook", UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Path => _folder.Path;

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public string File(string name, string content = "") => _folder.File(name, content);

    /// <summary>Reads the small configuration with one more key.</summary>
    public NodeConfig ReadNode(string extra) => NodeConfig.Load(File("node.json", With(Node, extra)));

    public RendezvousServerConfig ReadServer(string extra) => RendezvousServerConfig.Load(File("node.json", With(Server, extra)));

    /// <summary>Reads the small configuration with one more key of the peer without an endpoint.</summary>
    public NodeConfig ReadPeer(string extra) =>
        NodeConfig.Load(File("node.json", Node.Replace("\"gamma\"", $"\"gamma\", {extra}", StringComparison.Ordinal)));

    public void MakeFile(string name, UnixFileMode mode)
    {
        string path = File(name);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(path, mode);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static string With(string text, string extra) => extra.Length == 0 ? text : $"{{ {extra}, {text[1..]}";
}
