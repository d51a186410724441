using System.Globalization;

namespace FifoVpn.Configuration;

/// <summary>
/// One key of a configuration: what the readers check, what they take when the key is not there, and what the manual says of it. So the three cannot differ.
/// </summary>
internal sealed class ConfigKey
{
    private const string RequiredText = "required";
    private const string NoneText = "none";

    private ConfigKey(string name, ConfigKind kind, string range, string defaultText)
    {
        Name = name;
        Kind = kind;
        Range = range;
        DefaultText = defaultText;
    }

    public string Name { get; }

    public ConfigKind Kind { get; }

    /// <summary>The values that are allowed, for the manual.</summary>
    public string Range { get; }

    /// <summary>The default, for the manual.</summary>
    public string DefaultText { get; }

    /// <summary>What to write, for the error about a missing key.</summary>
    public string? Example { get; private init; }

    public long Minimum { get; private init; }

    public long Maximum { get; private init; }

    /// <summary>Zero is allowed besides the range.</summary>
    public bool AlsoZero { get; private init; }

    /// <summary>The default of a number; null when there is none.</summary>
    public long? DefaultNumber { get; private init; }

    /// <summary>The default of a truth value.</summary>
    public bool DefaultFlag { get; private init; }

    /// <summary>The words of which one is allowed.</summary>
    public IReadOnlyList<string> Choices { get; private init; } = [];

    /// <summary>A single value, which the environment and the command line can give.</summary>
    public bool IsScalar => Kind is ConfigKind.Text or ConfigKind.Integer or ConfigKind.Boolean or ConfigKind.TextOrList;

    public static ConfigKey Required(string name, ConfigKind kind, string range, string example) => new(name, kind, range, RequiredText) { Example = example };

    public static ConfigKey Optional(string name, ConfigKind kind, string range, string defaultText = NoneText) => new(name, kind, range, defaultText);

    /// <param name="defaultText">What the manual says when <paramref name="defaultValue"/> is null.</param>
    public static ConfigKey Integer(
        string name, long minimum, long maximum, long? defaultValue, string unit = "", bool alsoZero = false, string defaultText = NoneText)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"{(alsoZero ? "0 or " : "")}{minimum}..{maximum} {unit}").TrimEnd();
        return new ConfigKey(name, ConfigKind.Integer, range, defaultValue?.ToString(CultureInfo.InvariantCulture) ?? defaultText)
        {
            Minimum = minimum,
            Maximum = maximum,
            AlsoZero = alsoZero,
            DefaultNumber = defaultValue,
        };
    }

    public static ConfigKey Boolean(string name, bool defaultValue) =>
        new(name, ConfigKind.Boolean, "true, false", defaultValue ? "true" : "false") { DefaultFlag = defaultValue };

    public static ConfigKey Choice(string name, string defaultText, params string[] choices) =>
        new(name, ConfigKind.Text, string.Join(", ", choices), defaultText) { Choices = choices };
}
