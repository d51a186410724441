using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;
using FifoVpn.Pki;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Pki;

[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "file modes")]
internal sealed class PkiFilesTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private static readonly VpnAddress[] Addresses = [VpnAddress.Parse("10.88.0.1")];

    private TemporaryFolder _temporary = null!;
    private string _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _temporary = new TemporaryFolder();
        _folder = Path.Combine(_temporary.Path, "pki");
    }

    [TearDown]
    public void RemoveFolder() => _temporary.Dispose();

    [Test]
    public void Modes_are_safe_and_nothing_else_is_left_behind()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using NodeCertificate node = ca.Issue("alpha", Addresses);
        PkiFiles.SaveCa(ca, _folder, force: false);
        PkiFiles.SaveNode(node, _folder, force: false);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.GetUnixFileMode(_folder), Is.EqualTo(Private | UnixFileMode.UserExecute));
            Assert.That(File.GetUnixFileMode(Path.Combine(_folder, "ca.key")), Is.EqualTo(Private));
            Assert.That(File.GetUnixFileMode(Path.Combine(_folder, "alpha.key")), Is.EqualTo(Private));
            Assert.That(File.GetUnixFileMode(Path.Combine(_folder, "ca.pem")), Is.EqualTo(Public));
            Assert.That(File.GetUnixFileMode(Path.Combine(_folder, "alpha.pem")), Is.EqualTo(Public));
            Assert.That(
                Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "ca.pem", "ca.key", "alpha.pem", "alpha.key" }));
        }
    }

    [Test]
    public void The_mode_holds_while_the_file_is_not_published_yet()
    {
        using StagedFile staged = StagedFile.Write(_temporary.File("x.key"), "secret"u8, Private);
        string temporary = Directory.GetFiles(_temporary.Path, ".x.key.*.tmp").Single();

        Assert.That(File.GetUnixFileMode(temporary), Is.EqualTo(Private));
        staged.Dispose();
        Assert.That(File.Exists(temporary), Is.False);
    }

    [Test]
    public void Force_also_repairs_the_mode_of_an_open_key()
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        PkiFiles.SaveCa(ca, _folder, force: false);
        File.SetUnixFileMode(Path.Combine(_folder, "ca.key"), Public);

        PkiFiles.SaveCa(ca, _folder, force: true);

        Assert.That(File.GetUnixFileMode(Path.Combine(_folder, "ca.key")), Is.EqualTo(Private));
    }

    [TestCase("alpha.pem")]
    [TestCase("alpha.key")]
    public void Nothing_is_overwritten_without_force(string existing)
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using NodeCertificate node = ca.Issue("alpha", Addresses);
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, existing);
        File.WriteAllText(path, "mine");

        Assert.That(
            () => PkiFiles.SaveNode(node, _folder, force: false),
            Throws.TypeOf<PkiException>().With.Message.Contains(path).And.Message.Contains("--force"));
        Assert.That(File.ReadAllText(path), Is.EqualTo("mine"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
        PkiFiles.SaveNode(node, _folder, force: true);
        Assert.That(File.ReadAllText(path), Is.Not.EqualTo("mine"));
    }

    [Test]
    public void A_saved_CA_loads_and_issues()
    {
        using (CertificateAuthority ca = CertificateAuthority.Create("Kept CA"))
        {
            PkiFiles.SaveCa(ca, _folder, force: false);
        }

        using CertificateAuthority loaded = PkiFiles.LoadCa(_folder);
        using NodeCertificate node = loaded.Issue("alpha", Addresses);
        PkiFiles.SaveNode(node, _folder, force: false);
        using X509Certificate2 pair = X509Certificate2.CreateFromPemFile(Path.Combine(_folder, "alpha.pem"), Path.Combine(_folder, "alpha.key"));

        Assert.That(pair.Issuer, Is.EqualTo("CN=Kept CA"));
        Assert.That(pair.HasPrivateKey, Is.True);
        Assert.That(File.ReadAllText(Path.Combine(_folder, "alpha.key")), Does.StartWith("-----BEGIN PRIVATE KEY-----\n").And.EndsWith("-----END PRIVATE KEY-----\n"));
    }

    [Test]
    public void Load_names_what_is_missing_or_broken()
    {
        Assert.That(() => PkiFiles.LoadCa(_folder), Throws.TypeOf<PkiException>().With.Message.Contains("ca.pem; make a CA with: fifovpn pki init"));
        using CertificateAuthority ca = CertificateAuthority.Create();
        using CertificateAuthority other = CertificateAuthority.Create();
        PkiFiles.SaveCa(ca, _folder, force: false);
        string key = Path.Combine(_folder, "ca.key");
        string good = File.ReadAllText(key);

        File.WriteAllText(key, "nonsense");
        Assert.That(() => PkiFiles.LoadCa(_folder), Throws.TypeOf<PkiException>().With.Message.Contains($"{key} holds no unencrypted EC private key"));
        File.WriteAllText(key, other.Key.ExportPkcs8PrivateKeyPem());
        Assert.That(() => PkiFiles.LoadCa(_folder), Throws.TypeOf<PkiException>().With.Message.Contains("does not belong to the CA certificate"));
        File.Delete(key);
        Assert.That(() => PkiFiles.LoadCa(_folder), Throws.TypeOf<PkiException>().With.Message.Contains($"there is no {key}"));
        File.WriteAllText(key, good);
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), "nonsense");
        Assert.That(() => PkiFiles.LoadCa(_folder), Throws.TypeOf<PkiException>().With.Message.Contains("ca.pem holds no certificate"));
    }

    [TestCase("ca")]
    [TestCase("CA")]
    public void A_node_cannot_take_the_files_of_the_CA(string name)
    {
        using CertificateAuthority ca = CertificateAuthority.Create();
        using NodeCertificate node = ca.Issue(name, Addresses);

        Assert.That(() => PkiFiles.SaveNode(node, _folder, force: true), Throws.TypeOf<PkiException>().With.Message.Contains("would replace the CA's"));
        Assert.That(Directory.Exists(_folder), Is.False);
    }

    [Test]
    public void A_folder_that_cannot_be_made_is_named()
    {
        string file = _temporary.File("plain");
        using CertificateAuthority ca = CertificateAuthority.Create();

        Assert.That(() => PkiFiles.SaveCa(ca, Path.Combine(file, "pki"), force: false), Throws.TypeOf<PkiException>().With.Message.Contains($"into {file}/pki"));
    }
}
