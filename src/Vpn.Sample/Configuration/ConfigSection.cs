using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace FifoVpn.Configuration;

/// <summary>
/// One JSON object with its place in the file. It is known from the start which keys it may have, so that a mistyped key
/// is an error and not silently without effect.
/// </summary>
internal sealed class ConfigSection
{
    private readonly string _source;
    private readonly string _path;
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    public ConfigSection(string source, string path, JsonElement element, params ReadOnlySpan<string> knownKeys)
    {
        _source = source;
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            string place = path.Length == 0 ? source : $"{source}: {path}";
            throw new ConfigException($"{place}: a JSON object {{ ... }} is expected, not {Kind(element)}");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!knownKeys.Contains(property.Name))
            {
                string? meant = KeySuggestion.Find(property.Name, knownKeys);
                string cure = meant is null ? $"known keys: {string.Join(", ", knownKeys.ToArray())}" : $"did you mean \"{meant}\"?";
                throw Error(property.Name, $"unknown key; {cure}");
            }

            if (!_values.TryAdd(property.Name, property.Value))
            {
                throw Error(property.Name, "the key stands twice; remove one");
            }
        }
    }

    /// <summary>The place of a key, as in peers[1].endpoint.</summary>
    public string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    public ConfigException Error(string key, string message) => new($"{_source}: {PathOf(key)}: {message}");

    /// <summary>The text, or null when the key is not there or is null.</summary>
    public string? OptionalString(string key)
    {
        if (!TryGet(key, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw Error(key, $"a string is expected, not {Kind(value)}");
        }

        string text = value.GetString()!;
        return text.Length > 0 ? text : throw Error(key, "the string is empty; write a value or remove the key");
    }

    /// <param name="example">What to write, for the error.</param>
    public string RequiredString(string key, string example) =>
        OptionalString(key) ?? throw Error(key, $"is missing; write for example \"{key}\": \"{example}\"");

    /// <summary>The whole number, or null when the key is not there or is null.</summary>
    public int? OptionalInteger(string key, int minimum, int maximum)
    {
        if (!TryGet(key, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int number) || number < minimum || number > maximum)
        {
            throw Error(key, $"{value.GetRawText()} is not a whole number from {minimum} to {maximum}");
        }

        return number;
    }

    /// <summary>The elements with their places; none when the key is not there or is null.</summary>
    public IEnumerable<(string Place, JsonElement Element)> Elements(string key, bool required)
    {
        if (!TryGet(key, out JsonElement value))
        {
            return required ? throw Error(key, $"is missing; write \"{key}\": [ ... ]") : [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Error(key, $"a list [ ... ] is expected, not {Kind(value)}");
        }

        return value.EnumerateArray().Select((element, index) => ($"{key}[{index}]", element));
    }

    /// <summary>A list of strings with their places.</summary>
    public IEnumerable<(string Place, string Text)> Strings(string key, bool required)
    {
        foreach ((string place, JsonElement element) in Elements(key, required))
        {
            yield return element.ValueKind == JsonValueKind.String
                ? (place, element.GetString()!)
                : throw Error(place, $"a string is expected, not {Kind(element)}");
        }
    }

    private bool TryGet(string key, [MaybeNullWhen(false)] out JsonElement value) =>
        _values.TryGetValue(key, out value) && value.ValueKind != JsonValueKind.Null;

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };
}
