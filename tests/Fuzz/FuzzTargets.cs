namespace FifoDtls.Fuzz;

/// <summary>The targets by name.</summary>
internal static class FuzzTargets
{
    internal const string All = "all";

    private static readonly SortedDictionary<string, Func<FuzzTarget>> Known = new(StringComparer.Ordinal)
    {
        ["config"] = () => new ConfigTarget(),
        ["control"] = () => new ControlTarget(),
        ["handshake"] = () => new HandshakeTarget(),
        ["hello"] = () => new HelloTarget(),
        ["packets"] = () => new PacketsTarget(),
        ["pki"] = () => new PkiTarget(),
        ["records"] = () => new RecordsTarget(),
    };

    internal static IReadOnlyCollection<string> Names => Known.Keys;

    internal static FuzzTarget Create(string name) => Known[name]();
}
