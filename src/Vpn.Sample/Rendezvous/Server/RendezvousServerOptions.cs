using System.Net;
using FifoDtls;

namespace FifoVpn.Rendezvous;

/// <summary>What a rendezvous server runs with.</summary>
internal sealed class RendezvousServerOptions
{
    /// <summary>The server's name, for logs: that of its certificate.</summary>
    public required string Name { get; init; }

    /// <summary>The UDP address to bind.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Certificate, key and trust: only nodes with a certificate of the trust anchors get in. To be disposed after the server.</summary>
    public required DtlsContext Context { get; init; }

    /// <summary>The most nodes at a time; more are refused politely. 1 to 100,000. Default: 1,000.</summary>
    public int MaxNodes { get; init; } = 1_000;

    /// <summary>The most requests a second of one node, in bursts of twice as many. 1 to 10,000. Default: 20.</summary>
    public int RequestsPerSecond { get; init; } = 20;

    /// <summary>Whether datagrams are relayed between nodes that can't reach each other. Default: yes.</summary>
    public bool Relay { get; init; } = true;

    /// <summary>The most bytes a second that are relayed between two nodes, both directions together. 1,000 to 100,000,000,000. Default: 1,000,000.</summary>
    public long RelayBytesPerSecond { get; init; } = 1_000_000;

    /// <summary>How often nodes give a sign of life; a node that is silent for three times as long is dropped. 100 ms to 1 hour. Default: 10 seconds.</summary>
    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long <see cref="RendezvousServer.Dispose"/> waits for the nodes' threads. Default: 5 seconds.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What rates and deadlines are measured by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the message names it.</exception>
    internal void Validate()
    {
        Require(MaxNodes, 1, 100_000, nameof(MaxNodes));
        Require(RequestsPerSecond, 1, 10_000, nameof(RequestsPerSecond));
        Require(RelayBytesPerSecond, 1_000, 100_000_000_000, nameof(RelayBytesPerSecond));
        Require(Keepalive, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(Keepalive));
    }

    private static void Require<T>(T value, T min, T max, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {min} to {max}.");
        }
    }
}
