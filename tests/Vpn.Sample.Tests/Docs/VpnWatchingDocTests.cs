using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using FifoVpn.Cli;
using FifoVpn.Status;
using FifoVpn.Tests.Rendezvous;
using FifoVpn.Tests.Status;

namespace FifoVpn.Tests.Docs;

/// <summary>The chapter "Watching it" of docs/vpn.md has every name of JSON, every state, every reason and every metric, and no others.</summary>
internal sealed class VpnWatchingDocTests
{
    [Test]
    public void Every_name_of_the_status_is_documented() =>
        Assert.That(
            Names("Status", "name").SelectMany(cell => Expand(cell)),
            Is.EquivalentTo(MembersOf(typeof(NodeStatus), "")));

    [Test]
    public void Every_name_of_a_rendezvous_servers_status_is_documented() =>
        Assert.That(
            Names("Status of a rendezvous server", "name of a server").SelectMany(cell => Expand(cell)),
            Is.EquivalentTo(MembersOf(typeof(ServerStatus), "")));

    [Test]
    [CancelAfter(60_000)]
    public void Every_reason_of_a_rendezvous_server_is_documented()
    {
        using RendezvousBench bench = new();
        ServerStatus status = ServerStatusReader.Read(bench.Server);
        (string Where, IReadOnlyDictionary<string, long> Counters)[] told = [("requests.drops", status.Requests.Drops), ("refusals", status.Refusals), ("relay.drops", status.Relay.Drops)];
        Assert.That(
            Rows("Status of a rendezvous server", "where").SelectMany(cells => Quoted(cells[2]).Select(reason => (Quoted(cells[1]).Single(), reason))),
            Is.EquivalentTo(told.SelectMany(entry => entry.Counters.Keys.Select(reason => (entry.Where, reason)))));
    }

    [Test]
    public void Every_exit_code_is_documented() =>
        Assert.That(
            Regex.Matches(Text(), @"(?m)^\| (\d+) \| [^|]+ \|$").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
            Is.EqualTo(Enum.GetValues<ExitCode>().Select(code => (int)code)));

    [Test]
    public void Every_state_is_documented() =>
        Assert.That(Names("Status", "state").SelectMany(cell => cell), Is.EquivalentTo(Enum.GetValues<PeerState>().Select(NodeMetrics.StateName)));

    [Test]
    public void Every_reason_of_a_drop_is_documented() =>
        Assert.That(Names("Status", "reason of a drop").SelectMany(cell => cell), Is.EquivalentTo(NodeStatusReader.ReasonNames));

    [Test]
    [CancelAfter(60_000)]
    public void Every_metric_is_documented()
    {
        using StatusFixture fixture = new();
        MetricsText metrics = new(NodeMetrics.Write(NodeStatusReader.Read(fixture.A.Node)));
        Assert.That(Names("Metrics", "metric").SelectMany(cell => cell), Is.EquivalentTo(metrics.Names));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Every_metric_of_a_rendezvous_server_is_documented()
    {
        using RendezvousBench bench = new();
        MetricsText metrics = new(RendezvousMetrics.Write(bench.Server));
        string[] shared = [.. Names("Metrics", "metric").SelectMany(cell => cell)];
        Assert.That(
            Names("Metrics", "metric of a server").SelectMany(cell => cell),
            Is.EquivalentTo(metrics.Names.Where(name => name.StartsWith("fifovpn_server_", StringComparison.Ordinal))));
        Assert.That(metrics.Names.Where(name => !name.StartsWith("fifovpn_server_", StringComparison.Ordinal)), Is.SubsetOf(shared));
    }

    [TestCaseSource(nameof(States))]
    public void A_state_has_the_same_name_in_JSON_and_in_metrics(object state) =>
        Assert.That(JsonSerializer.Serialize((PeerState)state, StatusJson.Default.PeerState), Is.EqualTo($"\"{NodeMetrics.StateName((PeerState)state)}\""));

    private static IEnumerable<object> States() => Enum.GetValues<PeerState>().Cast<object>();

    /// <summary>The paths of all members; those of <c>peers[].traffic</c> stand at <c>traffic</c>.</summary>
    private static IEnumerable<string> MembersOf(Type type, string prefix)
    {
        foreach (JsonPropertyInfo property in StatusJson.Default.GetTypeInfo(type)!.Properties)
        {
            Type item = property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
                ? property.PropertyType.GetGenericArguments()[0]
                : property.PropertyType;
            bool isObject = item.Namespace == typeof(NodeStatus).Namespace && item.IsClass;
            bool isList = item != property.PropertyType && isObject;
            if (!isList)
            {
                yield return $"{prefix}{property.Name}";
            }

            foreach (string member in isObject && !(item == typeof(TrafficStatus) && prefix.Length > 0) ? MembersOf(item, $"{prefix}{property.Name}{(isList ? "[]" : "")}.") : [])
            {
                yield return member;
            }
        }
    }

    /// <summary>"`peers[].role`, `.resumed`" is peers[].role and peers[].resumed.</summary>
    private static IEnumerable<string> Expand(IReadOnlyList<string> cell)
    {
        string parent = cell[0].Contains('.', StringComparison.Ordinal) ? cell[0][..cell[0].LastIndexOf('.')] : "";
        return cell.Select(name => name.StartsWith('.') ? parent + name : name);
    }

    /// <summary>What stands in backquotes in the first cells of a table.</summary>
    private static IEnumerable<string[]> Names(string chapter, string heading) => Rows(chapter, heading).Select(cells => Quoted(cells[1]));

    private static string[] Quoted(string cell) => [.. Regex.Matches(cell, "`(?<name>[^`]+)`").Select(match => match.Groups["name"].Value)];

    /// <summary>The cells of a table's rows; the first one is empty.</summary>
    private static IEnumerable<string[]> Rows(string chapter, string heading)
    {
        string text = Text();
        text = text[text.IndexOf($"\n### {chapter}\n", text.IndexOf("\n## Watching it\n", StringComparison.Ordinal), StringComparison.Ordinal)..];
        string table = text[text.IndexOf($"\n| {heading} |", StringComparison.Ordinal)..].Split("\n\n")[0];
        return table.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|'));
    }

    private static string Text([CallerFilePath] string file = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "../../../docs/vpn.md"));
}
