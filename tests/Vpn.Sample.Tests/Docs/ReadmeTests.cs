using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FifoDtls.TestSupport;
using FifoVpn.Cli;
using FifoVpn.Configuration;

namespace FifoVpn.Tests.Docs;

public sealed class ReadmeTests
{
    [Test]
    public void Configuration_in_the_README_is_accepted()
    {
        string json = Regex.Match(Readme(), "<!-- example: node.json -->\\s*```json\\n(?<json>.*?)```", RegexOptions.Singleline).Groups["json"].Value;
        using var folder = new TempDirectory();
        folder.Write("alpha.pem", "");
        folder.WriteSecret("alpha.key", "");
        folder.Write("ca.pem", "");

        NodeConfig config = NodeConfig.Parse(json, "README.md", folder.FullPath);

        Assert.Multiple(() =>
        {
            Assert.That(config.Listen, Is.EqualTo(new IPEndPoint(IPAddress.IPv6Any, 4443)));
            Assert.That(config.Peers.Single().Name, Is.EqualTo("beta"));
            Assert.That(config.Warnings, Is.Empty);
        });
    }

    [Test]
    public void Every_exit_code_is_in_the_README()
    {
        string codes = Regex.Match(Readme(), "Exit codes of `fifovpn`:(?<codes>.*?)Each comes", RegexOptions.Singleline).Groups["codes"].Value;

        Assert.That(
            Regex.Matches(codes, @"(?:^|; )\s*(?<code>\d+) ", RegexOptions.Multiline).Select(match => int.Parse(match.Groups["code"].Value)),
            Is.EquivalentTo(Enum.GetValues<ExitCode>().Select(code => (int)code)));
    }

    private static string Readme([CallerFilePath] string file = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "../../../README.md"));
}
