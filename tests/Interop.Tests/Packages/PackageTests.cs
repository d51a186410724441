using System.IO.Compression;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Packages;

/// <summary>What <c>dotnet pack</c> makes of the solution, from the binaries that are under test.</summary>
public sealed class PackageTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private static readonly TimeSpan PackLimit = TimeSpan.FromMinutes(4);

    private TempDirectory _output = null!;

    [OneTimeSetUp]
    public void Pack()
    {
        _output = new TempDirectory();
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var options = new ChildProcessOptions
        {
            WorkingDirectory = RepositoryFolder(),
            Environment = new Dictionary<string, string?> { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
        };
        ChildProcess.Run(
            options, PackLimit, host, "pack", "FifoDtls.sln", "--no-build", "-c", Configuration, "-m:1", "-v", "q", "--output", _output.FullPath).EnsureSuccess();
    }

    [OneTimeTearDown]
    public void Remove() => _output.Dispose();

    [Test]
    public void There_are_two_libraries_and_their_symbols_and_nothing_else()
    {
        string version = Version();

        Assert.That(Directory.GetFiles(_output.FullPath).Select(Path.GetFileName), Is.EquivalentTo(new[]
        {
            $"FifoDtls.Core.{version}.nupkg", $"FifoDtls.Core.{version}.snupkg",
            $"FifoDtls.Workers.{version}.nupkg", $"FifoDtls.Workers.{version}.snupkg",
        }));
    }

    [TestCase("FifoDtls.Core")]
    [TestCase("FifoDtls.Workers")]
    public void A_package_brings_library_documentation_readme_and_symbols(string name)
    {
        using ZipArchive package = Open(name, "nupkg");
        using ZipArchive symbols = Open(name, "snupkg");
        string readme = File.ReadAllText(Path.Combine(RepositoryFolder(), "README.md"));

        Assert.That(package.Entries.Select(entry => entry.FullName), Is.SupersetOf(new[] { $"lib/net10.0/{name}.dll", "README.md", "docs/design.md", "docs/metrics.md" }));
        Assert.That(Text(package, "README.md"), Is.EqualTo(readme));
        Assert.That(XDocument.Parse(Text(package, $"lib/net10.0/{name}.xml")).Descendants("member").Count(), Is.GreaterThan(30));
        Assert.That(symbols.Entries.Select(entry => entry.FullName), Has.Member($"lib/net10.0/{name}.pdb"));
    }

    [TestCase("FifoDtls.Core")]
    [TestCase("FifoDtls.Workers")]
    public void A_package_says_what_it_is_and_names_no_repository(string name)
    {
        XElement metadata = Metadata(name);

        Assert.That(Value(metadata, "id"), Is.EqualTo(name));
        Assert.That(Value(metadata, "license"), Is.EqualTo("MIT"));
        Assert.That(Value(metadata, "readme"), Is.EqualTo("README.md"));
        Assert.That(Value(metadata, "tags"), Does.Contain("dtls"));
        Assert.That(Value(metadata, "description"), Does.Contain("DTLS"));
        Assert.That(Value(metadata, "authors"), Is.Not.Empty);
        Assert.That(metadata.Elements().Select(element => element.Name.LocalName), Has.No.Member("repository").And.No.Member("projectUrl"));
    }

    [Test]
    public void Workers_depends_on_the_Core_of_its_own_version_whose_internals_it_uses()
    {
        (string?, string?)[] dependencies = Dependencies("FifoDtls.Workers");

        Assert.That(dependencies, Has.Member(((string?)"FifoDtls.Core", (string?)$"[{Version()}, {Version()}]")).Or.Member(((string?)"FifoDtls.Core", (string?)$"[{Version()}]")));
        Assert.That(Dependencies("FifoDtls.Core").Select(dependency => dependency.Item1), Is.EqualTo(new[] { "Microsoft.Extensions.Logging.Abstractions" }));
    }

    [TestCase("FifoDtls.Core")]
    [TestCase("FifoDtls.Workers")]
    public void A_library_is_declared_fit_for_trimming_and_AOT(string name)
    {
        IEnumerable<string> declared = Assembly.Load(name).GetCustomAttributes<AssemblyMetadataAttribute>().Where(attribute => attribute.Value == "True").Select(attribute => attribute.Key);

        Assert.That(declared, Is.SupersetOf(new[] { "IsTrimmable", "IsAotCompatible" }));
    }

    private (string?, string?)[] Dependencies(string name) =>
        [.. Metadata(name).Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => ((string?)element.Attribute("id"), (string?)element.Attribute("version")))];

    private XElement Metadata(string name)
    {
        using ZipArchive package = Open(name, "nupkg");
        return XDocument.Parse(Text(package, $"{name}.nuspec")).Root!.Elements().Single();
    }

    private ZipArchive Open(string name, string extension) => ZipFile.OpenRead(_output.PathOf($"{name}.{Version()}.{extension}"));

    private static string Text(ZipArchive archive, string entry)
    {
        using var reader = new StreamReader(archive.GetEntry(entry)!.Open());
        return reader.ReadToEnd();
    }

    private static string? Value(XElement metadata, string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

    private static string Version() => typeof(DtlsEndpoint).Assembly.GetName().Version!.ToString(3);

    private static string RepositoryFolder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
