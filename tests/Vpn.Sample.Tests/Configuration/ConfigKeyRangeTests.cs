using FifoVpn.Configuration;

namespace FifoVpn.Tests.Configuration;

/// <summary>The ranges of the keys, which the manual repeats, are the ones that count.</summary>
[Platform(Exclude = "Win", Reason = "file modes")]
internal sealed class ConfigKeyRangeTests
{
    private ConfigFolder _folder = null!;

    private static IEnumerable<ConfigKey> NodeNumbers => NodeKeys.Root.Where(key => key.Kind == ConfigKind.Integer);

    private static IEnumerable<ConfigKey> ServerNumbers => RendezvousServerKeys.Root.Where(key => key.Kind == ConfigKind.Integer);

    [SetUp]
    public void MakeFiles() => _folder = new ConfigFolder();

    [TearDown]
    public void RemoveFiles() => _folder.Dispose();

    [TestCaseSource(nameof(NodeNumbers))]
    public void The_range_of_a_nodes_number_counts(ConfigKey key)
    {
        string node = _folder.File("one.json", ConfigFolder.Node.Replace(", { \"name\": \"gamma\", \"addresses\": [\"10.88.0.3\"] }", "", StringComparison.Ordinal));
        AssertRange(key, sets => NodeConfig.Load(node, sets));
    }

    [TestCaseSource(nameof(ServerNumbers))]
    public void The_range_of_a_servers_number_counts(ConfigKey key)
    {
        string server = _folder.File("server.json", ConfigFolder.Server);
        AssertRange(key, sets => RendezvousServerConfig.Load(server, sets));
    }

    private static void AssertRange(ConfigKey key, Action<ConfigOverrides> load)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Set(key.Minimum), Throws.Nothing);
            Assert.That(() => Set(key.Maximum), Throws.Nothing);
            Assert.That(() => Set(key.Minimum - 1), key.AlsoZero && key.Minimum == 1 ? Throws.Nothing : Throws.TypeOf<ConfigException>());
            Assert.That(() => Set(key.Maximum + 1), Throws.TypeOf<ConfigException>());
            Assert.That(() => Set(0), key.AlsoZero ? Throws.Nothing : Throws.TypeOf<ConfigException>());
        }

        void Set(long value) => load(ConfigOverrides.Read(new Dictionary<string, string>(), [$"{key.Name}={value}"]));
    }
}
