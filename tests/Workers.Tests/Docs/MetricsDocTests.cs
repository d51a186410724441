using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace FifoDtls.Tests.Docs;

/// <summary>The tables of docs/metrics.md against the code.</summary>
public sealed class MetricsDocTests
{
    [Test]
    public void Instruments_and_their_units_are_those_of_the_meter()
    {
        using DtlsEndpoint endpoint = TestEndpoints.Client();
        using var metrics = new MetricCapture(() => endpoint);

        Assert.That(Rows(@"`(fifodtls\.[a-z_.]+)` \| [a-z() ]+ \| `([^`]+)`"), Is.EquivalentTo(metrics.Units.Select(unit => $"{unit.Key} {unit.Value}")));
    }

    [Test]
    public void Observed_tags_are_named()
    {
        using DtlsEndpoint endpoint = TestEndpoints.Client();
        using var metrics = new MetricCapture(() => endpoint);
        string text = Text();

        foreach ((string name, _, string tags) in metrics.Collect())
        {
            foreach (string tag in tags.Split(',')[2..])
            {
                string[] pair = tag.Split('=');
                Assert.That(text, Does.Contain($"`{pair[0]}`").And.Contain($"`{pair[1]}`"), name);
            }
        }
    }

    [Test]
    public void Counters_are_those_of_the_statistics() =>
        Assert.That(Rows("`([A-Z][A-Za-z]+)` \\| `fifodtls[^|]*"), Is.EquivalentTo(typeof(DtlsEndpointStatistics).GetProperties().Select(property => property.Name)));

    [Test]
    public void Counters_of_the_MIB_have_a_counterpart()
    {
        string[] rows = [.. Rows(@"`(snmpTlstmSession[A-Za-z]+)` \| `([A-Za-z]+)` \|.*")];

        Assert.That(rows, Has.Length.EqualTo(10));
        Assert.That(rows.Select(row => typeof(DtlsEndpointStatistics).GetProperty(row.Split(' ')[1])), Has.None.Null);
    }

    [Test]
    public void Event_ids_are_those_of_the_logger()
    {
        IEnumerable<string> events =
            from method in typeof(WorkersLogger).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            orderby message.EventId
            select $"{message.EventId} {method.Name} {message.Level}";

        Assert.That(Rows(@"([0-9]+) \| `([A-Za-z]+)`: .* \| ([A-Za-z]+)"), Is.EqualTo(events));
    }

    /// <summary>The groups of each line of a table that matches, joined by spaces.</summary>
    private static IEnumerable<string> Rows(string pattern) =>
        Regex.Matches(Text(), $"^\\| {pattern} \\|", RegexOptions.Multiline).Select(match => string.Join(' ', match.Groups.Values.Skip(1).Select(group => group.Value)));

    private static string Text([CallerFilePath] string file = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "../../../docs/metrics.md"));
}
