namespace FifoDtls.TestSupport;

/// <summary>How a <see cref="ChildProcess"/> is started, where that differs from the test process itself.</summary>
public sealed record ChildProcessOptions
{
    /// <summary>The network namespace to run in (needs root). Default: that of the test process.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>Variables to set, or to remove when the value is null. Default: none.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The current directory of the program. Default: that of the test process.</summary>
    public string? WorkingDirectory { get; init; }
}
