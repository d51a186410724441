namespace FifoVpn.Configuration;

/// <summary>The configuration of a rendezvous server, read from a JSON file and checked as a whole. Paths are absolute.</summary>
internal sealed class RendezvousServerConfig : ServiceConfig
{
    /// <summary>How many nodes may be registered at a time, 1 to 20000, 1000 by default.</summary>
    public int MaxNodes { get; init; } = (int)RendezvousServerKeys.MaxNodes.DefaultNumber!.Value;

    /// <summary>How many requests a node may send each second, 1 to 10000, 20 by default.</summary>
    public int RequestsPerSecond { get; init; } = (int)RendezvousServerKeys.RequestsPerSecond.DefaultNumber!.Value;

    /// <summary>Whether the server relays between nodes that cannot reach each other; true by default.</summary>
    public bool Relay { get; init; } = RendezvousServerKeys.Relay.DefaultFlag;

    /// <summary>The relay's limit for each pair of nodes in bytes per second, 1000 to 100 000 000 000, 1 000 000 by default.</summary>
    public long RelayRateLimit { get; init; } = RendezvousServerKeys.RelayRateLimit.DefaultNumber!.Value;

    /// <summary>Reads and checks the file alone.</summary>
    /// <exception cref="ConfigException">The file cannot be read, is no JSON, or something in it is wrong.</exception>
    public static RendezvousServerConfig Load(string path) => Load(path, ConfigOverrides.None);

    /// <summary>Reads and checks the file, with values from the environment and the command line in the place of its own.</summary>
    /// <exception cref="ConfigException">The file cannot be read, is no JSON, or a value is wrong; the message names where it comes from.</exception>
    public static RendezvousServerConfig Load(string path, ConfigOverrides overrides)
    {
        (string text, string folder) = ConfigText.ReadFile(path);
        return Parse(text, path, folder, overrides);
    }

    /// <param name="source">What errors call the text: the path as the user gave it.</param>
    /// <param name="folder">What relative paths in the text and in the overrides are relative to.</param>
    internal static RendezvousServerConfig Parse(string text, string source, string folder, ConfigOverrides? overrides = null)
    {
        ConfigSource origin = new(source, folder, overrides ?? ConfigOverrides.None);
        return ConfigText.Parse(text, source, root => new RendezvousServerConfigReader(origin).Read(root));
    }
}
