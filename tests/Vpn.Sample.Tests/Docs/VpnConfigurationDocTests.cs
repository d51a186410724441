using System.Runtime.CompilerServices;
using FifoVpn.Configuration;

namespace FifoVpn.Tests.Docs;

/// <summary>The tables of docs/vpn.md say of each key what the readers do, in the same order.</summary>
internal sealed class VpnConfigurationDocTests
{
    private static IEnumerable<(string Place, ConfigKey Key)> NodeRows => NodeKeys.Root.SelectMany(key => Nested(key)
        .Select(nested => ($"{key.Name}{(key.Kind == ConfigKind.List ? "[]" : "")}.{nested.Name}", nested))
        .Prepend((key.Name, key)));

    [Test]
    public void The_table_of_a_node_says_what_the_code_does() => AssertTable("Keys of a node", NodeRows);

    [Test]
    public void The_table_of_a_rendezvous_server_says_what_the_code_does() =>
        AssertTable("Keys of a rendezvous server", RendezvousServerKeys.Root.Select(key => (key.Name, key)));

    [Test]
    public void Every_example_is_named()
    {
        string chapter = Chapter("Examples");
        foreach (string name in ConfigExamples.Names)
        {
            Assert.That(chapter, Does.Contain($"(../examples/{name}.json)"));
        }
    }

    private static void AssertTable(string heading, IEnumerable<(string Place, ConfigKey Key)> keys)
    {
        string[][] rows = [.. Chapter(heading).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Trim().Trim('|').Split(" | "))];
        string[] expected = [.. keys.Select(row => $"| `{row.Place}` | {TypeOf(row.Key)} | {row.Key.Range} | {row.Key.DefaultText}")];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Select(cells => $"|{string.Join(" | ", cells.Take(4))}"), Is.EqualTo(expected));
            Assert.That(rows.Select(cells => cells.Length), Is.All.EqualTo(5));
            Assert.That(rows.Select(cells => cells[^1].Trim()), Is.All.Not.Empty, "the meaning");
        }
    }

    private static ConfigKey[] Nested(ConfigKey key) =>
        key == NodeKeys.Peers ? NodeKeys.Peer : key == NodeKeys.Rendezvous ? NodeKeys.RendezvousEntry : key == NodeKeys.Hooks ? NodeKeys.Hook : [];

    private static string TypeOf(ConfigKey key) => key.Kind switch
    {
        ConfigKind.Text => "string",
        ConfigKind.Integer => "whole number",
        ConfigKind.Boolean => "truth value",
        ConfigKind.TextOrList => "string or list",
        ConfigKind.List => "list",
        _ => "object",
    };

    /// <summary>From the heading to the next one.</summary>
    private static string Chapter(string heading, [CallerFilePath] string file = "")
    {
        string text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "../../../docs/vpn.md"));
        int start = text.IndexOf($"## {heading}\n", StringComparison.Ordinal);
        Assert.That(start, Is.Not.Negative, $"there is no chapter {heading}");
        int end = text.IndexOf("\n##", start + heading.Length + 3, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }
}
