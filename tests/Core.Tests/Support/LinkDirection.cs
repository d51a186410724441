namespace FifoDtls.Tests;

/// <summary>Decides what becomes of a datagram on its way. Called by the sending thread.</summary>
/// <param name="number">The datagram's number in this direction, from 1.</param>
/// <param name="datagram">The datagram.</param>
/// <param name="deliver">Delivers a datagram to the other end: this one, another one, several or none.</param>
internal delegate void Interceptor(int number, ReadOnlySpan<byte> datagram, DatagramSender deliver);

/// <summary>One direction of a <see cref="MemoryLink"/>: remembers what was sent, and lets the test interfere.</summary>
internal sealed class LinkDirection
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _sent = [];
    private readonly bool _recording;
    private FifoTransport? _destination;
    private int _count;

    internal LinkDirection(bool recording) => _recording = recording;

    /// <summary>What interferes; <see langword="null"/> delivers everything.</summary>
    internal Interceptor? Interceptor { get; set; }

    /// <summary>How many datagrams were sent.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Copies of all datagrams that were sent, whatever became of them.</summary>
    internal IReadOnlyList<byte[]> Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    internal void ConnectTo(FifoTransport destination) => _destination = destination;

    internal void Send(ReadOnlySpan<byte> datagram)
    {
        int number = Interlocked.Increment(ref _count);
        if (_recording)
        {
            lock (_lock)
            {
                _sent.Add(datagram.ToArray());
            }
        }

        if (Interceptor is { } interceptor)
        {
            interceptor(number, datagram, Deliver);
        }
        else
        {
            Deliver(datagram);
        }
    }

    /// <summary>Puts a datagram before the receiver as if the other side had sent it.</summary>
    internal void Deliver(ReadOnlySpan<byte> datagram) => _destination!.Push(datagram);
}
