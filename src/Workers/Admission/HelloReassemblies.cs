using System.Net;

namespace FifoDtls;

/// <summary>
/// Puts ClientHellos together that come in fragments (RFC 6347 §4.2.3), of sources that have proved themselves by the first one: so many at a time, each up to a size and for a time.
/// For the reader thread alone. Holds on to at most <c>limit</c> buffers, made when they are first needed.
/// </summary>
internal sealed class HelloReassemblies
{
    /// <summary>The largest ClientHello that is put together, in bytes, headers not counted.</summary>
    internal const int MaxMessageSize = 8_192;

    /// <summary>How long one may take: longer than a client waits before it first repeats itself (1 s, then 2 s).</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly Dictionary<SocketAddress, HelloReassembly> _active = [];
    private readonly Stack<HelloReassembly> _idle = new();
    private readonly int _limit;
    private readonly TimeProvider _clock;

    /// <param name="limit">How many at a time.</param>
    /// <param name="maxDatagramSize">What a peer's FIFO takes, which bounds the size too.</param>
    /// <param name="clock">Tells the age.</param>
    internal HelloReassemblies(int limit, int maxDatagramSize, TimeProvider clock)
    {
        _limit = limit;
        _clock = clock;
        LargestMessage = Math.Min(MaxMessageSize, maxDatagramSize - DtlsRecord.HeaderSize - ClientHello.HandshakeHeaderSize);
    }

    /// <summary>The largest message that is taken, in bytes.</summary>
    internal int LargestMessage { get; }

    internal int Count => _active.Count;

    /// <summary>Begins with a first fragment that is proven and not too large, or goes on if it is of the ClientHello that has begun. The fragment is then to be added.</summary>
    /// <returns><see langword="false"/> when there are as many as allowed.</returns>
    internal bool TryBegin(in HelloFragment first, SocketAddress source)
    {
        if (TryFind(source, out HelloReassembly? reassembly))
        {
            if (!reassembly.IsOf(first))
            {
                reassembly.Begin(first, reassembly.Source!, _clock.GetTimestamp()); // the client has started anew
            }

            return true;
        }

        if (_active.Count >= _limit)
        {
            EndExpired();
        }

        if (_active.Count >= _limit)
        {
            return false;
        }

        reassembly = _idle.TryPop(out HelloReassembly? used) ? used : new HelloReassembly(LargestMessage);
        var address = new SocketAddress(source.Family, source.Size);
        source.Buffer[..source.Size].CopyTo(address.Buffer);
        reassembly.Begin(first, address, _clock.GetTimestamp());
        _active.Add(address, reassembly);
        return true;
    }

    /// <summary>Adds a fragment to the ClientHello that its source has begun.</summary>
    /// <param name="fragment">Any fragment.</param>
    /// <param name="source">Its source.</param>
    /// <param name="whole">The whole ClientHello as one record once nothing is missing, else empty. Valid until the next begins.</param>
    /// <returns><see langword="false"/> when none has begun: the fragment is dropped.</returns>
    internal bool TryAdd(in HelloFragment fragment, SocketAddress source, out ReadOnlySpan<byte> whole)
    {
        whole = default;
        if (fragment.MessageSequence != 1 || !TryFind(source, out HelloReassembly? reassembly))
        {
            return false;
        }

        reassembly.Add(fragment);
        whole = reassembly.Record;
        if (!whole.IsEmpty)
        {
            End(reassembly);
        }

        return true;
    }

    private bool TryFind(SocketAddress source, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HelloReassembly? reassembly)
    {
        if (!_active.TryGetValue(source, out reassembly))
        {
            return false;
        }

        if (!HasExpired(reassembly))
        {
            return true;
        }

        End(reassembly);
        return false;
    }

    private void EndExpired()
    {
        foreach (HelloReassembly reassembly in _active.Values)
        {
            if (HasExpired(reassembly))
            {
                End(reassembly); // a Dictionary allows removal while it is enumerated
            }
        }
    }

    private bool HasExpired(HelloReassembly reassembly) => _clock.GetElapsedTime(reassembly.BeganAt) > MaxAge;

    private void End(HelloReassembly reassembly)
    {
        _active.Remove(reassembly.Source!);
        reassembly.End();
        _idle.Push(reassembly);
    }
}
