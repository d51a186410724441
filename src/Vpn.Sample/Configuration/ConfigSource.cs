namespace FifoVpn.Configuration;

/// <summary>Where the values of one configuration come from, and what is to be said about them.</summary>
/// <param name="name">What errors call the file: the path as the user gave it.</param>
/// <param name="folder">What relative paths are relative to.</param>
internal sealed class ConfigSource(string name, string folder, ConfigOverrides overrides)
{
    private readonly List<string> _warnings = [];
    private readonly HashSet<string> _offered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _entries = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public IReadOnlyList<string> Warnings => _warnings;

    public string FullPath(string path) => Path.GetFullPath(path, folder);

    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>The value that stands in for the file's, or null.</summary>
    /// <param name="path">As in listen or peers.beta.endpoint.</param>
    public ConfigOverride? Override(string path)
    {
        _offered.Add(path);
        return overrides.Find(path);
    }

    /// <summary>Remembers that there is an entry of that name in a list, and which keys it may have.</summary>
    /// <param name="entry">As in peers.beta.</param>
    public void AddEntry(string entry, IEnumerable<ConfigKey> keys) => _entries[entry] = [.. keys.Select(key => key.Name)];

    /// <summary>To be called once everything is read: what nobody asked for is a mistake on the command line, and suspicious in the environment.</summary>
    /// <exception cref="ConfigException">A key of --set is unknown or cannot be set there.</exception>
    public void CheckOverrides(IReadOnlyList<ConfigKey> root)
    {
        foreach (string path in overrides.Sets.Where(path => !_offered.Contains(path)))
        {
            throw new ConfigException($"--set {path}: {Complaint(path, root)}");
        }

        HashSet<string> known = [.. root.Where(key => key.IsScalar).Select(key => ConfigOverrides.VariableOf(key.Name))];
        foreach (string variable in overrides.Variables.Where(variable => !known.Contains(variable)).Order(StringComparer.Ordinal))
        {
            string? list = root.FirstOrDefault(key => ConfigOverrides.VariableOf(key.Name) == variable)?.Name;
            string? meant = KeySuggestion.Find(variable, [.. known]);
            string reason = list is not null ? $"{list} can only stand in the file" : meant is not null ? $"did you mean {meant}?" : "there is no such key";
            Warn($"environment {variable}: is ignored: {reason}");
        }
    }

    private string Complaint(string path, IReadOnlyList<ConfigKey> root)
    {
        string fileOnly = $"can only stand in the file; write it into {Name}";
        int dot = path.LastIndexOf('.');
        if (dot < 0)
        {
            return root.Any(key => key.Name == path) ? fileOnly : Unknown(path, [.. root.Where(key => key.IsScalar).Select(key => key.Name)]);
        }

        string entry = path[..dot];
        if (_entries.TryGetValue(entry, out string[]? keys))
        {
            return keys.Contains(path[(dot + 1)..]) ? fileOnly : Unknown(path[(dot + 1)..], keys);
        }

        string[] lists = [NodeKeys.Peers.Name, NodeKeys.Rendezvous.Name];
        string? list = lists.FirstOrDefault(list => entry.StartsWith($"{list}.", StringComparison.Ordinal) && root.Any(key => key.Name == list));
        return list is null ? "unknown key; the keys are those of the file, and peers.NAME.KEY" : $"{Name} has nobody called \"{entry[(list.Length + 1)..]}\" in {list}";
    }

    private static string Unknown(string key, string[] known)
    {
        string? meant = KeySuggestion.Find(key, known);
        return meant is null ? $"unknown key; known keys: {string.Join(", ", known)}" : $"unknown key; did you mean \"{meant}\"?";
    }
}
