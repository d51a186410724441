using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// The revocation lists that verifications look into: of each scope the newest. Immutable: an update makes another set, and verifications that have begun go on with theirs.
/// </summary>
/// <remarks>
/// The lists are kept beside the context's store, not in it: a store can only grow, and where it holds several lists of one authority libssl prefers an older one that is in force to a newer one
/// that has expired, which would let a revoked certificate pass again.
/// </remarks>
internal sealed class RevocationListSet
{
    private readonly Dictionary<string, DtlsRevocationList> _byScope;

    private RevocationListSet(Dictionary<string, DtlsRevocationList> byScope)
    {
        _byScope = byScope;
        List<SafeRevocationListHandle> natives = [];
        try
        {
            natives.AddRange(byScope.Values.Select(list => list.ToNative()));
            Native = SafeRevocationListStackHandle.Of(natives);
        }
        finally
        {
            natives.ForEach(native => native.Dispose());
        }
    }

    internal static RevocationListSet Empty => new([]);

    /// <summary>What libssl looks into. Never disposed, as nobody knows which verification is the last to use it: its finalizer frees it.</summary>
    internal SafeRevocationListStackHandle Native { get; }

    internal IEnumerable<DtlsRevocationList> Lists => _byScope.Values;

    /// <summary>This set with those of the lists that are new to it or newer than what it has; <paramref name="taken"/> is their number.</summary>
    internal RevocationListSet With(IEnumerable<DtlsRevocationList> lists, out int taken)
    {
        Dictionary<string, DtlsRevocationList> byScope = new(_byScope, StringComparer.Ordinal);
        HashSet<string> changed = new(StringComparer.Ordinal);
        foreach (DtlsRevocationList list in lists)
        {
            if (!byScope.TryGetValue(list.Scope, out DtlsRevocationList? present) || list.Supersedes(present))
            {
                byScope[list.Scope] = list;
                changed.Add(list.Scope);
            }
        }

        taken = changed.Count;
        return taken == 0 ? this : new RevocationListSet(byScope);
    }
}
