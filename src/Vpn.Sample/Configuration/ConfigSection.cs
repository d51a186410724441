using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace FifoVpn.Configuration;

/// <summary>
/// One JSON object with its place in the file. It is known from the start which keys it may have, so that a mistyped key
/// is an error and not silently without effect.
/// </summary>
internal sealed class ConfigSection
{
    private readonly ConfigSource _source;
    private readonly string _path;
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal); // of the values that do not come from the file

    /// <param name="path">The place of the object, as in peers[1]; empty for the outermost.</param>
    /// <param name="overridePath">What --set calls the object, as in peers.beta; empty for the outermost, null if its values can only stand in the file.</param>
    public ConfigSection(ConfigSource source, string path, JsonElement element, IReadOnlyList<ConfigKey> keys, string? overridePath = null)
    {
        _source = source;
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            string place = path.Length == 0 ? source.Name : $"{source.Name}: {path}";
            throw new ConfigException($"{place}: a JSON object {{ ... }} is expected, not {Kind(element)}");
        }

        string[] knownKeys = [.. keys.Select(key => key.Name)];
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!knownKeys.Contains(property.Name))
            {
                string? meant = KeySuggestion.Find(property.Name, knownKeys);
                string cure = meant is null ? $"known keys: {string.Join(", ", knownKeys)}" : $"did you mean \"{meant}\"?";
                throw Error(property.Name, $"unknown key; {cure}");
            }

            if (!_values.TryAdd(property.Name, property.Value))
            {
                throw Error(property.Name, "the key stands twice; remove one");
            }
        }

        if (overridePath is not null)
        {
            Override(overridePath, keys);
        }
    }

    public ConfigSource Source => _source;

    /// <summary>The place of a key, as in peers[1].endpoint.</summary>
    public string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    public ConfigException Error(ConfigKey key, string message) => Error(key.Name, message);

    /// <param name="place">A key of this object, or an element of its list, as in addresses[0].</param>
    public ConfigException Error(string place, string message) => new($"{FullPlaceOf(place)}: {message}");

    /// <summary>Adds a warning about a key.</summary>
    public void Warn(ConfigKey key, string message) => _source.Warn($"{FullPlaceOf(key.Name)}: {message}");

    /// <summary>The place of a key in the file, or where its value comes from if that is not the file.</summary>
    public string PlaceOf(ConfigKey key) => _origins.GetValueOrDefault(key.Name) ?? PathOf(key.Name);

    /// <summary>The text, or null when the key is not there or is null.</summary>
    public string? Text(ConfigKey key)
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

    public string RequiredText(ConfigKey key) =>
        Text(key) ?? throw Error(key, $"is missing; write for example \"{key.Name}\": \"{key.Example}\"");

    /// <summary>The word that stands there or is the default, as a value of the enumeration, whatever its letters' case.</summary>
    public TEnum Choice<TEnum>(ConfigKey key)
        where TEnum : struct, Enum
    {
        string text = Text(key) ?? key.DefaultText;
        return key.Choices.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<TEnum>(text, ignoreCase: true)
            : throw Error(key, $"\"{text}\" is not one of {string.Join(", ", key.Choices)}");
    }

    /// <summary>The whole number, or the key's default when it is not there or is null.</summary>
    public long? Integer(ConfigKey key)
    {
        if (!TryGet(key, out JsonElement value))
        {
            return key.DefaultNumber;
        }

        bool valid = value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out long number)
            && ((number >= key.Minimum && number <= key.Maximum) || (number == 0 && key.AlsoZero));
        return valid
            ? value.GetInt64()
            : throw Error(key, $"{value.GetRawText()} is not {(key.AlsoZero ? "0 or " : "")}a whole number from {key.Minimum} to {key.Maximum}");
    }

    /// <summary>The number of a key that has a default.</summary>
    public int RequiredInteger(ConfigKey key) => (int)Integer(key)!.Value;

    /// <summary>The truth value, or null when the key is not there or is null.</summary>
    public bool? OptionalFlag(ConfigKey key)
    {
        if (!TryGet(key, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Error(key, $"true or false is expected, not {value.GetRawText()}");
    }

    public bool Flag(ConfigKey key) => OptionalFlag(key) ?? key.DefaultFlag;

    /// <summary>The elements with their places; none when the key is not there or is null.</summary>
    public IEnumerable<(string Place, JsonElement Element)> Elements(ConfigKey key, bool required = false)
    {
        if (!TryGet(key, out JsonElement value))
        {
            return required ? throw Error(key, $"is missing; write \"{key.Name}\": [ ... ]") : [];
        }

        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((element, index) => ($"{key.Name}[{index}]", element))
            : throw Error(key, $"a list [ ... ] is expected, not {Kind(value)}");
    }

    /// <summary>A list of strings with their places; one string can stand for a list of one, if the key allows that.</summary>
    public IEnumerable<(string Place, string Text)> Strings(ConfigKey key, bool required = false)
    {
        if (key.Kind == ConfigKind.TextOrList && TryGet(key, out JsonElement value) && value.ValueKind != JsonValueKind.Array)
        {
            yield return (key.Name, Text(key)!);
            yield break;
        }

        foreach ((string place, JsonElement element) in Elements(key, required))
        {
            yield return element.ValueKind == JsonValueKind.String
                ? (place, element.GetString()!)
                : throw Error(place, $"a string is expected, not {Kind(element)}");
        }
    }

    /// <summary>The object behind the key, or null when the key is not there or is null.</summary>
    public ConfigSection? Section(ConfigKey key, IReadOnlyList<ConfigKey> keys) =>
        TryGet(key, out JsonElement value) ? new ConfigSection(_source, PathOf(key.Name), value, keys) : null;

    private string FullPlaceOf(string place) => _origins.GetValueOrDefault(place) ?? $"{_source.Name}: {PathOf(place)}";

    /// <summary>Puts values from the environment and the command line in the place of the file's.</summary>
    private void Override(string overridePath, IReadOnlyList<ConfigKey> keys)
    {
        bool outermost = overridePath.Length == 0;
        foreach (ConfigKey key in keys)
        {
            // The name of an entry is how it is found.
            bool settable = key.IsScalar && (outermost || key.Name != NodeKeys.PeerName.Name);
            if (settable && _source.Override(outermost ? key.Name : $"{overridePath}.{key.Name}") is { } value)
            {
                _origins[key.Name] = value.Origin;
                if (value.Value.Length > 0)
                {
                    _values[key.Name] = Element(key.Kind, value.Value);
                }
                else
                {
                    _values.Remove(key.Name);
                }
            }
        }
    }

    /// <summary>The text as JSON. What is no number or truth value stays text, and is refused like such a text in the file.</summary>
    private static JsonElement Element(ConfigKind kind, string text) => kind switch
    {
        ConfigKind.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonSerializer.SerializeToElement(number, ConfigJson.Default.Int64),
        ConfigKind.Boolean when text is "true" or "false" => JsonSerializer.SerializeToElement(text == "true", ConfigJson.Default.Boolean),
        _ => JsonSerializer.SerializeToElement(text, ConfigJson.Default.String),
    };

    private bool TryGet(ConfigKey key, [MaybeNullWhen(false)] out JsonElement value) =>
        _values.TryGetValue(key.Name, out value) && value.ValueKind != JsonValueKind.Null;

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
