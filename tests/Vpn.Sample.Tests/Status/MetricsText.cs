using System.Globalization;
using System.Text.RegularExpressions;

namespace FifoVpn.Tests.Status;

/// <summary>
/// A strict reader of the Prometheus text format 0.0.4: every line is a HELP, a TYPE or a sample; each metric has its HELP and TYPE before its samples, and all of it in one place; no
/// sample stands twice; what only grows ends in _total, and nothing else does.
/// </summary>
internal sealed partial class MetricsText
{
    private readonly Dictionary<string, double> _samples = [];
    private readonly Dictionary<string, string> _types = [];

    public MetricsText(string text)
    {
        Assert.That(text, Does.EndWith("\n"));
        string help = "";
        string current = "";
        foreach (string line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } helped)
            {
                help = helped.Groups["name"].Value;
                Assert.That(_types.ContainsKey(help), Is.False, $"{help} has one place: {line}");
            }
            else if (Type().Match(line) is { Success: true } typed)
            {
                current = typed.Groups["name"].Value;
                Assert.That(current, Is.EqualTo(help), $"HELP stands before TYPE: {line}");
                _types.Add(current, typed.Groups["type"].Value);
                Assert.That(current.EndsWith("_total", StringComparison.Ordinal), Is.EqualTo(_types[current] == "counter"), line);
            }
            else
            {
                Match sample = Sample().Match(line);
                Assert.That(sample.Success, Is.True, $"not a line of the format: {line}");
                Assert.That(sample.Groups["name"].Value, Is.EqualTo(current), $"samples stand under their TYPE: {line}");
                string[] labels = [.. sample.Groups["label"].Captures.Select(label => label.Value)];
                Assert.That(labels, Is.Unique, line);
                double value = double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
                Assert.That(value, Is.Not.Negative, line);
                Assert.That(_samples.TryAdd(line[..line.LastIndexOf(' ')], value), Is.True, $"twice: {line}");
            }
        }
    }

    public IReadOnlyCollection<string> Names => _types.Keys;

    /// <summary>The value of a sample, by its name and labels as they are written.</summary>
    public double this[string sample] => _samples.TryGetValue(sample, out double value) ? value : throw new AssertionException($"there is no {sample}");

    public bool Has(string sample) => _samples.ContainsKey(sample);

    [GeneratedRegex(@"\A# HELP (?<name>fifovpn_[a-z_]+) [^\n]+\z")]
    private static partial Regex Help();

    [GeneratedRegex(@"\A# TYPE (?<name>fifovpn_[a-z_]+) (?<type>counter|gauge)\z")]
    private static partial Regex Type();

    [GeneratedRegex("""\A(?<name>fifovpn_[a-z_]+)(\{((?<label>[a-z]+)="([^"\\\n]|\\\\|\\"|\\n)*",?)+(?<!,)\})? (?<value>[0-9]+(\.[0-9]+)?(E[+-][0-9]+)?)\z""")]
    private static partial Regex Sample();
}
