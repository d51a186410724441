using System.Text;

namespace FifoDtls.Benchmarks;

/// <summary>A table: contenders, some of them compared with others, and what was measured of each in every round.</summary>
internal sealed class Comparison(string title, params Figure[] figures)
{
    private readonly List<Row> _rows = [];

    /// <summary>Adds a contender; the rows are printed in the order in which they were added.</summary>
    internal Row AddRow(string contender, Row? baseline = null)
    {
        var row = new Row(contender) { Baseline = baseline };
        _rows.Add(row);
        return row;
    }

    /// <summary>The medians, each with its ratio to the baseline's, as a table in Markdown.</summary>
    internal string ToMarkdown()
    {
        var text = new StringBuilder($"**{title}**\n\n| |");
        text.AppendJoin("", figures.Select(figure => $" {figure.Name} |")).Append("\n|---|").AppendJoin("", figures.Select(_ => "---|")).Append('\n');
        foreach (Row row in _rows)
        {
            text.Append($"| {row.Contender} |").AppendJoin("", figures.Select((figure, i) => $" {Cell(row, figure, i)} |")).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The same with all samples, to be written as JSON.</summary>
    internal object ToReport() => new
    {
        Title = title,
        Rows = _rows.Select(row => new
        {
            row.Contender,
            Baseline = row.Baseline?.Contender,
            Figures = figures.Select((figure, i) => new { figure.Name, Median = row.MedianOf(i), Ratio = figure.Compared ? row.RatioOf(i) : null, Samples = row.Samples(i) }),
        }),
    };

    private static string Cell(Row row, Figure figure, int index)
    {
        string value = figure.Print(row.MedianOf(index));
        return figure.Compared && row.RatioOf(index) is { } ratio ? FormattableString.Invariant($"{value} ({ratio:0.00} x)") : value;
    }
}
