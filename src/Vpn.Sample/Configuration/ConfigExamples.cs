namespace FifoVpn.Configuration;

/// <summary>The example configurations, which are also files of the repository's folder examples.</summary>
internal static class ConfigExamples
{
    /// <summary>The names without the ending; the first is the one to begin with.</summary>
    public static IReadOnlyList<string> Names { get; } = ["two-hosts-a", "two-hosts-b", "mesh", "hub", "rendezvous"];

    public static string Read(string name)
    {
        using Stream stream = typeof(ConfigExamples).Assembly.GetManifestResourceStream($"examples/{name}.json")
            ?? throw new InvalidOperationException($"The example {name} is not in the program.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
