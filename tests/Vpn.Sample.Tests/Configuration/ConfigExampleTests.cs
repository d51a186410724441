using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using FifoVpn.Configuration;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Configuration;

[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "file modes")]
internal sealed class ConfigExampleTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFiles()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(_folder.Path, "pki"));
        foreach (string name in new[] { "alpha", "beta", "hub", "meet" })
        {
            _folder.File($"pki/{name}.pem");
            File.SetUnixFileMode(_folder.File($"pki/{name}.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        _folder.File("pki/ca.pem");
        _folder.File("pki/ca.crl");
    }

    [TearDown]
    public void RemoveFiles() => _folder.Dispose();

    [TestCase("two-hosts-a")]
    [TestCase("two-hosts-b")]
    [TestCase("mesh")]
    [TestCase("hub")]
    public void An_example_of_a_node_is_accepted_without_a_warning(string name) => Assert.That(Load(name).Warnings, Is.Empty);

    [Test]
    public void The_example_of_a_rendezvous_server_is_accepted_without_a_warning() => Assert.That(
        RendezvousServerConfig.Load(_folder.File("rendezvous.json", ConfigExamples.Read("rendezvous"))).Warnings, Is.Empty);

    [Test]
    public void The_two_hosts_know_each_other()
    {
        NodeConfig alpha = Load("two-hosts-a");
        NodeConfig beta = Load("two-hosts-b");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(alpha.Peers.Single().Addresses, Is.EqualTo(beta.Addresses.Select(own => own.Address)));
            Assert.That(beta.Peers.Single().Addresses, Is.EqualTo(alpha.Addresses.Select(own => own.Address)));
            Assert.That(beta.Peers.Single().Endpoint!.Port, Is.EqualTo(alpha.Listen.Port));
        }
    }

    [Test]
    public void The_program_has_every_example_of_the_repository() =>
        Assert.That(ConfigExamples.Names, Is.EquivalentTo(Directory.GetFiles(Folder(), "*.json").Select(Path.GetFileNameWithoutExtension)));

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "../../../examples");

    private NodeConfig Load(string name) => NodeConfig.Load(_folder.File($"{name}.json", ConfigExamples.Read(name)));
}
