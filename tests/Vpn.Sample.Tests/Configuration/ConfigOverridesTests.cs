using System.Net;
using FifoVpn.Configuration;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Tests.Configuration;

/// <summary>Values from the environment and from --set: which wins, where they are allowed, and what is said about wrong ones.</summary>
[Platform(Exclude = "Win", Reason = "file modes")]
internal sealed class ConfigOverridesTests
{
    private ConfigFolder _folder = null!;

    [SetUp]
    public void MakeFiles() => _folder = new ConfigFolder();

    [TearDown]
    public void RemoveFiles() => _folder.Dispose();

    [Test]
    public void The_environment_wins_over_the_file_and_set_over_both()
    {
        Dictionary<string, string> environment = new() { ["FIFOVPN_LISTEN"] = "127.0.0.1:2", ["FIFOVPN_LOG_LEVEL"] = "debug", ["PATH"] = "/bin" };

        NodeConfig config = Load(environment, "listen=127.0.0.1:3");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Listen, Is.EqualTo(new IPEndPoint(IPAddress.Loopback, 3)));
            Assert.That(config.LogLevel, Is.EqualTo(LogLevel.Debug));
            Assert.That(Load(environment).Listen, Is.EqualTo(new IPEndPoint(IPAddress.Loopback, 2)));
            Assert.That(config.Warnings, Is.Empty);
        }
    }

    [Test]
    public void Values_of_every_kind_can_be_set()
    {
        NodeConfig config = Load(
            [], "keepalive=7", "forward=true", "crl=one.crl", "statusSocket=none", "rateLimit=100000000000", "device=vpn7", "peers.gamma.endpoint=host.example:5", "peers.beta.persistent=false",
            "peers.beta.rateLimit=2000");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Keepalive, Is.EqualTo(TimeSpan.FromSeconds(7)));
            Assert.That(config.Forward, Is.True);
            Assert.That(config.RevocationListPaths, Is.EqualTo(new[] { _folder.PathOf("one.crl") }));
            Assert.That(config.StatusSocket, Is.Null);
            Assert.That(config.RateLimit, Is.EqualTo(100_000_000_000));
            Assert.That(config.Device, Is.EqualTo("vpn7"));
            Assert.That(config.Peers[0].Persistent, Is.False);
            Assert.That(config.Peers[0].RateLimit, Is.EqualTo(2000));
            Assert.That(config.Peers[1].Endpoint!.ToString(), Is.EqualTo("host.example:5"));
        }
    }

    [Test]
    public void Every_single_value_of_a_node_and_of_a_server_has_a_variable()
    {
        string wrong = "no/such value" + new string('x', 200); // for every kind of value
        using (Assert.EnterMultipleScope())
        {
            foreach (ConfigKey key in NodeKeys.Root.Where(key => key.IsScalar))
            {
                string variable = ConfigOverrides.VariableOf(key.Name);
                Assert.That(() => Load(new() { [variable] = wrong }), Throws.TypeOf<ConfigException>().With.Message.StartsWith($"environment {variable}: "));
            }

            string path = _folder.File("server.json", ConfigFolder.Server);
            foreach (ConfigKey key in RendezvousServerKeys.Root)
            {
                Assert.That(
                    () => RendezvousServerConfig.Load(path, ConfigOverrides.Read(new Dictionary<string, string>(), [$"{key.Name}={wrong}"])),
                    Throws.TypeOf<ConfigException>().With.Message.StartsWith($"--set {key.Name}: "));
            }
        }
    }

    [TestCase("listen", "FIFOVPN_LISTEN")]
    [TestCase("pathMtu", "FIFOVPN_PATH_MTU")]
    [TestCase("requestsPerSecond", "FIFOVPN_REQUESTS_PER_SECOND")]
    public void Variables_are_in_upper_case_with_underscores(string key, string variable) => Assert.That(ConfigOverrides.VariableOf(key), Is.EqualTo(variable));

    [Test]
    public void An_empty_value_takes_the_key_away()
    {
        Assert.That(_folder.ReadNode("\"keepalive\": 5").Keepalive, Is.EqualTo(TimeSpan.FromSeconds(5)));
        NodeConfig config = NodeConfig.Load(_folder.PathOf("node.json"), ConfigOverrides.Read(new Dictionary<string, string>(), ["keepalive="]));

        Assert.That(config.Keepalive, Is.EqualTo(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public void The_last_of_two_settings_counts() => Assert.That(Load([], "keepalive=1", "keepalive=2").Keepalive, Is.EqualTo(TimeSpan.FromSeconds(2)));

    [Test]
    public void A_value_may_contain_an_equals_sign() => Assert.That(Load([], "statusSocket=/run/a=b").StatusSocket, Is.EqualTo("/run/a=b"));

    [Test]
    public void Rendezvous_servers_and_names_with_dots_can_be_set()
    {
        string text = $$"""{ "rendezvous": [{ "name": "meet.example", "endpoint": "a.example:1" }], {{ConfigFolder.Node[1..]}}""";
        string path = _folder.File("node.json", text);

        NodeConfig config = NodeConfig.Load(path, ConfigOverrides.Read(new Dictionary<string, string>(), ["rendezvous.meet.example.endpoint=b.example:2"]));

        Assert.That(config.Rendezvous[0].Endpoint.ToString(), Is.EqualTo("b.example:2"));
    }

    [TestCase("listen=here", "--set listen: \"here\" is not ADDRESS:PORT; write 0.0.0.0:4443 or [::]:4443")]
    [TestCase("listen=", "--set listen: is missing; write for example")]
    [TestCase("keepalive=soon", "--set keepalive: \"soon\" is not a whole number from 1 to 3600")]
    [TestCase("forward=yes", "--set forward: true or false is expected, not \"yes\"")]
    [TestCase("crl=absent.crl", "--set crl: there is no file ")]
    [TestCase("maxPeers=1", "--set maxPeers: 1 is less than the 2 peers")]
    [TestCase("listn=[::]:1", "--set listn: unknown key; did you mean \"listen\"?")]
    [TestCase("colour=1", "--set colour: unknown key; known keys: name, device,")]
    [TestCase("peers=none", "--set peers: can only stand in the file; write it into ")]
    [TestCase("peers.beta.name=x", "--set peers.beta.name: can only stand in the file; write it into ")]
    [TestCase("peers.beta.addresses=10.88.0.9", "--set peers.beta.addresses: can only stand in the file; write it into ")]
    [TestCase("peers.beta.endpont=a.example:1", "--set peers.beta.endpont: unknown key; did you mean \"endpoint\"?")]
    [TestCase("peers.beta.endpoint=x", "--set peers.beta.endpoint: \"x\" is not HOST:PORT")]
    [TestCase("peers.delta.endpoint=a.example:1", "{0} has nobody called \"delta\" in peers")]
    [TestCase("hooks.up=/bin/true", "--set hooks.up: unknown key; the keys are those of the file, and peers.NAME.KEY")]
    [TestCase("listen", "--set listen: is not KEY=VALUE; write for example --set listen=0.0.0.0:4443")]
    [TestCase("=1", "--set =1: is not KEY=VALUE")]
    public void A_wrong_setting_is_named(string set, string expected) => Assert.That(
        () => Load([], set), Throws.TypeOf<ConfigException>().With.Message.Contains(expected.Replace("{0}", _folder.PathOf("node.json"), StringComparison.Ordinal)).And.Message.StartsWith("--set "));

    [TestCase("FIFOVPN_LISTEN", "here", "environment FIFOVPN_LISTEN: \"here\" is not ADDRESS:PORT")]
    [TestCase("FIFOVPN_IDLE_TIMEOUT", "5", "environment FIFOVPN_IDLE_TIMEOUT: 5 is not 0 or a whole number")]
    [TestCase("FIFOVPN_PRIVATE_KEY", "absent.key", "environment FIFOVPN_PRIVATE_KEY: there is no file ")]
    public void A_wrong_value_of_the_environment_is_named(string variable, string value, string expected) =>
        Assert.That(() => Load(new() { [variable] = value }), Throws.TypeOf<ConfigException>().With.Message.StartsWith(expected));

    [Test]
    public void A_name_from_the_environment_that_is_taken_is_named_with_both_places() => Assert.That(
        () => Load(new() { ["FIFOVPN_NAME"] = "beta" }),
        Throws.TypeOf<ConfigException>().With.Message.Contains("peers[0].name: \"beta\" stands already at environment FIFOVPN_NAME"));

    [TestCase("FIFOVPN_LISTN", "environment FIFOVPN_LISTN: is ignored: did you mean FIFOVPN_LISTEN?")]
    [TestCase("FIFOVPN_WEATHER", "environment FIFOVPN_WEATHER: is ignored: there is no such key")]
    [TestCase("FIFOVPN_PEERS", "environment FIFOVPN_PEERS: is ignored: peers can only stand in the file")]
    public void An_unknown_variable_is_a_warning(string variable, string expected) =>
        Assert.That(Load(new() { [variable] = "1" }).Warnings, Is.EqualTo(new[] { expected }));

    [Test]
    public void Variables_of_the_program_itself_are_no_keys() => Assert.That(Load(new() { ["FIFOVPN_TRACE"] = "1" }).Warnings, Is.Empty);

    [Test]
    public void The_environment_of_the_process_is_read() // no variable of this name can have an effect on another test
    {
        const string variable = "FIFOVPN_OVERRIDE_TEST";
        Environment.SetEnvironmentVariable(variable, "1");
        try
        {
            Assert.That(ConfigOverrides.FromProcess([]).Variables, Has.Member(variable));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    private NodeConfig Load(Dictionary<string, string> environment, params string[] sets) =>
        NodeConfig.Load(_folder.File("node.json", ConfigFolder.Node), ConfigOverrides.Read(environment, sets));
}
