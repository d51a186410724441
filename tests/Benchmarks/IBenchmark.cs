namespace FifoDtls.Benchmarks;

/// <summary>Measures several contenders in turns.</summary>
internal interface IBenchmark : IDisposable
{
    /// <summary>How it is measured, for the reader of the tables.</summary>
    string Method { get; }

    IReadOnlyList<Comparison> Comparisons { get; }

    /// <summary>Lets every contender run once, so that all code is compiled.</summary>
    void WarmUp(CancellationToken interrupted);

    /// <summary>Measures every contender once and adds what was measured to the <see cref="Comparisons"/>.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    void Round(CancellationToken interrupted);
}
