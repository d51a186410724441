namespace FifoDtls.Benchmarks;

/// <summary>Bare libssl in memory, a thread for each core.</summary>
internal sealed class BareHandshaker : IHandshaker
{
    private readonly BareHandshake _handshake = new();

    public int Threads => Environment.ProcessorCount;

    public bool Next(int thread)
    {
        _handshake.Run();
        return true;
    }

    public void Clear()
    {
    }

    public void Dispose() => _handshake.Dispose();
}
