namespace FifoVpn.Rendezvous;

// For those who watch.
internal sealed partial class RendezvousServer
{
    public string Name => _options.Name;

    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;
}
