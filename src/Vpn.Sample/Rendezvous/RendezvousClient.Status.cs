namespace FifoVpn.Rendezvous;

// For those who watch.
internal sealed partial class RendezvousClient
{
    private volatile Registration? _registration;
    private volatile string? _lastFailure;

    /// <summary>Where the server is called, as it is configured.</summary>
    public string Endpoint => _config.Endpoint.ToString();

    /// <summary>Since when the node has been registered without a gap, or null.</summary>
    public DateTimeOffset? RegisteredSince => _registration?.Since;

    /// <summary>Whether the server carries datagrams between nodes that can't reach each other.</summary>
    public bool Relays => _registered?.Relays ?? false;

    /// <summary>Why the server could not be reached, or was lost, the last time; null if that never was so.</summary>
    public string? LastFailure => _lastFailure;

    private sealed record Registration(DateTimeOffset Since);
}
