namespace FifoDtls.Fuzz;

/// <summary>The targets by name.</summary>
internal static class FuzzTargets
{
    internal const string All = "all";

    private static readonly SortedDictionary<string, Func<FuzzTarget>> Known = new(StringComparer.Ordinal)
    {
        ["control"] = () => new ControlTarget(),
        ["hello"] = () => new HelloTarget(),
        ["packets"] = () => new PacketsTarget(),
    };

    internal static IReadOnlyCollection<string> Names => Known.Keys;

    internal static FuzzTarget Create(string name) => Known[name]();
}
