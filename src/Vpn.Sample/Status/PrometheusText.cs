using System.Globalization;
using System.Text;

namespace FifoVpn.Status;

/// <summary>Writes metrics in the Prometheus text format, version 0.0.4: a HELP and a TYPE line for each metric, then all its samples.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _name = "";

    /// <summary>Begins a metric that only grows; its name ends in _total.</summary>
    public PrometheusText Counter(string name, string help) => Begin(name, "counter", help);

    /// <summary>Begins a metric that goes up and down.</summary>
    public PrometheusText Gauge(string name, string help) => Begin(name, "gauge", help);

    /// <summary>A sample of the metric that was begun last.</summary>
    public PrometheusText Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_name);
        char before = '{';
        foreach ((string name, string text) in labels)
        {
            _text.Append(before).Append(name).Append("=\"").Append(Escape(text).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
            before = ',';
        }

        _text.Append(labels.IsEmpty ? " " : "} ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    public override string ToString() => _text.ToString();

    private static string Escape(string text) => text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private PrometheusText Begin(string name, string type, string help)
    {
        _name = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(Escape(help)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }
}
