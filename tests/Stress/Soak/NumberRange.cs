using System.CommandLine.Parsing;
using System.Globalization;

namespace FifoDtls.Stress;

/// <summary>A range as written on the command line: <c>A..B</c>, or <c>A</c> for <c>A..A</c>; both ends are in it.</summary>
internal sealed record NumberRange(int Min, int Max)
{
    public override string ToString() => $"{Min}..{Max}";

    internal int Draw(Random random) => random.Next(Min, Max + 1);

    internal static NumberRange? Parse(ArgumentResult result, int min, int max)
    {
        string text = result.Tokens[0].Value;
        string[] ends = text.Split("..");
        if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int from)
            || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int to) || from < min || to > max || from > to)
        {
            result.AddError($"'{text}' is no A..B with {min} <= A <= B <= {max}.");
            return null;
        }

        return new NumberRange(from, to);
    }
}
