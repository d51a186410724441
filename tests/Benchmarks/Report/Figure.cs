using System.Globalization;

namespace FifoDtls.Benchmarks;

/// <summary>Something that is measured: a column of a table.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Format">How its numbers are printed.</param>
/// <param name="Compared">Whether the ratio to the baseline is printed too.</param>
internal sealed record Figure(string Name, string Format, bool Compared = true)
{
    internal string Print(double? value) => value is { } number ? number.ToString(Format, CultureInfo.InvariantCulture) : "–";
}
