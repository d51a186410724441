namespace FifoVpn.Rendezvous;

// For those who watch.
internal sealed partial class RendezvousServer
{
    public string Name => _options.Name;

    public int MaxNodes => _options.MaxNodes;

    public bool Relays => _options.Relay;

    /// <summary>The nodes with an association at this moment, registered or about to be.</summary>
    public RegisteredNode[] Nodes => _registry.Snapshot();

    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;
}
