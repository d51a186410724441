using System.Text.Json;

namespace FifoVpn.Configuration;

/// <summary>The strings of a configuration: what JSON lets through, and nothing else in this program takes.</summary>
internal static class ConfigStrings
{
    /// <summary>
    /// Refuses strings and keys with half a surrogate pair, which can't be read (RFC 8259 §8.2), and those with U+0000, which is in no path, name or address.
    /// </summary>
    /// <exception cref="ConfigException">There is such a string.</exception>
    public static void Require(JsonElement element, string source)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    RequireText(() => property.Name, source);
                    Require(property.Value, source);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Require(item, source);
                }

                break;
            case JsonValueKind.String:
                RequireText(() => element.GetString()!, source);
                break;
        }
    }

    /// <summary>The text without line breaks and other control characters: values and pieces of the file stand in messages.</summary>
    public static string OneLine(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;

    private static void RequireText(Func<string> read, string source)
    {
        string text;
        try
        {
            text = read();
        }
        catch (InvalidOperationException)
        {
            throw new ConfigException($"{source}: a string has an escape such as \\ud800 that is half a character; write both halves, or the character itself");
        }

        int zero = text.IndexOf('\0', StringComparison.Ordinal);
        if (zero >= 0)
        {
            throw new ConfigException($"{source}: the string \"{text[..zero]}\\u0000\" has the character U+0000, which no value may have; remove it");
        }
    }
}
