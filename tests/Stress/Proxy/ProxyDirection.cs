using System.Net.Sockets;

namespace FifoDtls.Stress;

/// <summary>One direction of a path: its random faults, what it holds back, and what it could replay. For the proxy's thread alone.</summary>
internal sealed class ProxyDirection(ProxyPath path, bool toServer, Random random)
{
    private readonly byte[][] _seen = new byte[8][];
    private int _seenCount;

    internal ProxyPath Path => path;

    internal bool ToServer => toServer;

    internal Random Random => random;

    /// <summary>What waits for the next datagram to overtake it.</summary>
    internal HeldDatagram? Held { get; set; }

    internal Socket Out => toServer ? path.Back : path.Front;

    internal bool Hit(double percent) => percent > 0 && random.NextDouble() * 100 < percent;

    /// <summary>Keeps one in four for a replay.</summary>
    internal void Remember(ReadOnlySpan<byte> datagram)
    {
        if (random.Next(4) == 0)
        {
            _seen[_seenCount++ % _seen.Length] = datagram.ToArray();
        }
    }

    /// <summary>A datagram that has passed before, or <see langword="null"/>.</summary>
    internal byte[]? Recall() => _seenCount == 0 ? null : _seen[random.Next(Math.Min(_seenCount, _seen.Length))];
}
