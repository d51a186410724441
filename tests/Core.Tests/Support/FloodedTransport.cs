namespace FifoDtls.Tests;

/// <summary>A transport that, from a moment on, always has one more worthless datagram.</summary>
internal sealed class FloodedTransport(FifoTransport inner) : IDatagramTransport
{
    internal bool Flooded { get; set; }

    public int MaxDatagramSize => inner.MaxDatagramSize;

    public DatagramStatus Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Flooded ? DatagramStatus.Ready : inner.Wait(timeout, cancellationToken);
    }

    public DatagramStatus TryReceive(Span<byte> buffer, out int length)
    {
        length = 0;
        return Flooded ? DatagramStatus.Ready : inner.TryReceive(buffer, out length);
    }

    public void Send(ReadOnlySpan<byte> datagram) => inner.Send(datagram);

    public void Dispose() => inner.Dispose();
}
