namespace FifoDtls.Tests;

/// <summary>Takes what comes; returns a datagram's length.</summary>
internal delegate int DatagramSource(Span<byte> buffer);

/// <summary>A transport that does what the test says, above all what no correct transport does.</summary>
internal sealed class ScriptedTransport : IDatagramTransport
{
    internal Action? OnSend { get; init; }

    /// <summary>Called at the beginning of a wait, with its timeout.</summary>
    internal Action<TimeSpan>? OnWait { get; init; }

    /// <summary>Yields the next datagram; <see langword="null"/>: there never is one.</summary>
    internal DatagramSource? Source { get; init; }

    internal bool Disposed { get; private set; }

    public int MaxDatagramSize { get; init; } = 1400;

    public DatagramStatus Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OnWait?.Invoke(timeout);
        return Source is null ? DatagramStatus.None : DatagramStatus.Ready;
    }

    public DatagramStatus TryReceive(Span<byte> buffer, out int length)
    {
        length = Source?.Invoke(buffer) ?? 0;
        return Source is null ? DatagramStatus.None : DatagramStatus.Ready;
    }

    public void Send(ReadOnlySpan<byte> datagram) => OnSend?.Invoke();

    public void Dispose() => Disposed = true;
}
