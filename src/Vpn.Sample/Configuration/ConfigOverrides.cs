using System.Collections;
using System.Text;
using FifoVpn.Cli;

namespace FifoVpn.Configuration;

/// <summary>
/// Values from outside the file: environment variables FIFOVPN_KEY for the single values of the outermost object, and --set KEY=VALUE for those and for peers.NAME.KEY and
/// rendezvous.NAME.KEY. --set wins over the environment, which wins over the file. Immutable: a configuration can be read again with the same ones.
/// </summary>
internal sealed class ConfigOverrides
{
    public const string VariablePrefix = "FIFOVPN_";

    /// <summary>Variables with another meaning.</summary>
    private static readonly string[] ReservedVariables = [CommandRunner.TraceVariable];

    private readonly Dictionary<string, string> _variables;
    private readonly Dictionary<string, string> _sets;

    private ConfigOverrides(Dictionary<string, string> variables, Dictionary<string, string> sets)
    {
        _variables = variables;
        _sets = sets;
    }

    public static ConfigOverrides None { get; } = new([], []);

    /// <summary>The variables that begin with <see cref="VariablePrefix"/> and are not reserved.</summary>
    public IReadOnlyCollection<string> Variables => _variables.Keys;

    /// <summary>The keys of --set, as in peers.beta.endpoint.</summary>
    public IReadOnlyCollection<string> Sets => _sets.Keys;

    /// <param name="environment">All variables; those without the prefix are left alone.</param>
    /// <param name="sets">What was given to --set, each KEY=VALUE; of two for one key the last counts.</param>
    /// <exception cref="ConfigException">One of <paramref name="sets"/> has no equals sign or no key.</exception>
    public static ConfigOverrides Read(IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> sets)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach ((string name, string value) in environment)
        {
            if (name.StartsWith(VariablePrefix, StringComparison.Ordinal) && !ReservedVariables.Contains(name))
            {
                variables.Add(name, value);
            }
        }

        Dictionary<string, string> keys = new(StringComparer.Ordinal);
        foreach (string set in sets)
        {
            int equals = set.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new ConfigException($"--set {set}: is not KEY=VALUE; write for example --set listen=0.0.0.0:4443");
            }

            keys[set[..equals]] = set[(equals + 1)..];
        }

        return new ConfigOverrides(variables, keys);
    }

    /// <summary>The same with the environment of this process.</summary>
    public static ConfigOverrides FromProcess(IReadOnlyList<string> sets)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return Read(environment, sets);
    }

    /// <summary>The variable of a key: logLevel is FIFOVPN_LOG_LEVEL.</summary>
    public static string VariableOf(string key)
    {
        StringBuilder variable = new(VariablePrefix);
        foreach (char c in key)
        {
            if (char.IsAsciiLetterUpper(c))
            {
                variable.Append('_');
            }

            variable.Append(char.ToUpperInvariant(c));
        }

        return variable.ToString();
    }

    /// <summary>What stands in for the file's value, or null.</summary>
    /// <param name="path">A key of the outermost object, or peers.NAME.KEY or rendezvous.NAME.KEY.</param>
    public ConfigOverride? Find(string path)
    {
        if (_sets.TryGetValue(path, out string? value))
        {
            return new ConfigOverride(value, $"--set {path}");
        }

        string variable = VariableOf(path);
        return _variables.TryGetValue(variable, out value) ? new ConfigOverride(value, $"environment {variable}") : null;
    }
}
