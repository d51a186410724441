namespace FifoDtls.Benchmarks;

/// <summary>A client of an echo server, with a socket of its own. One thread receives, any thread sends.</summary>
internal interface IEchoPeer : IDisposable
{
    void Send(ReadOnlySpan<byte> payload);

    /// <summary>Waits for an echo.</summary>
    /// <returns>Its length, or 0 when a finite time was up: a datagram has been lost.</returns>
    int Receive(Span<byte> buffer, TimeSpan timeout);
}
