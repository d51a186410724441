using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace FifoDtls.Stress;

/// <summary>Numbers of the command line.</summary>
internal static class NumberOption
{
    /// <summary>For an option's parser: the number, or an error that says what it may be.</summary>
    /// <param name="max">None: no limit.</param>
    internal static T? Parse<T>(ArgumentResult result, T min, T? max = null)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        NumberStyles style = typeof(T) == typeof(double) ? NumberStyles.Float : NumberStyles.AllowLeadingSign;
        if (T.TryParse(text, style, CultureInfo.InvariantCulture, out T number) && number >= min && (max is null || number <= max))
        {
            return number;
        }

        string name = ((OptionResult)result.Parent!).Option.Name;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is {min} {(max is null ? "and up" : string.Create(CultureInfo.InvariantCulture, $"to {max}"))}, not '{text}'."));
        return null;
    }
}
