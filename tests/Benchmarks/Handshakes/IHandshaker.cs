namespace FifoDtls.Benchmarks;

/// <summary>A way to do handshakes.</summary>
internal interface IHandshaker : IDisposable
{
    /// <summary>How many threads call <see cref="Next"/>.</summary>
    int Threads { get; }

    /// <summary>One whole handshake, both sides, and the association's end unless it is to stay. Called by all threads at a time.</summary>
    /// <param name="thread">The number of the calling thread, from 0.</param>
    /// <returns><see langword="false"/> when there are to be no more.</returns>
    bool Next(int thread);

    /// <summary>Between two measurements: ends what has stayed.</summary>
    void Clear();
}
