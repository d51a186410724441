namespace FifoDtls.Fuzz;

/// <summary>Code that takes bytes from strangers, and what must hold whatever they are.</summary>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>What inputs are made from: never empty.</summary>
    internal abstract IReadOnlyList<byte[]> Corpus { get; }

    /// <summary>The largest input, in bytes.</summary>
    internal virtual int MaxInput => 4_096;

    /// <summary>How long one input may take before it counts as a hang.</summary>
    internal virtual TimeSpan Limit => TimeSpan.FromSeconds(20);

    /// <summary>How often each thing happened, for the report: inputs that get nowhere test nothing.</summary>
    internal SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes an input of what the buffer has from the corpus.</summary>
    internal virtual void Mutate(MutationBuffer buffer, FuzzRandom random)
    {
        for (int changes = 1 + random.Below(4); changes > 0; changes--)
        {
            Mutator.Change(buffer, random, Corpus);
        }
    }

    /// <summary>Runs one input. Every exception that comes out is a failure.</summary>
    internal abstract void Check(ReadOnlySpan<byte> input);

    /// <summary>What the last input led to, for the report of a failure.</summary>
    internal virtual string? Transcript => null;

    public virtual void Dispose()
    {
    }

    protected void Count(string what)
    {
        ref long count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_fast, what, out _);
        count++;
    }

    internal void PublishCounts()
    {
        foreach ((string what, long count) in _fast)
        {
            Counts[what] = count;
        }
    }

    private readonly Dictionary<string, long> _fast = new(StringComparer.Ordinal);
}
