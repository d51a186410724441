namespace FifoVpn.Configuration;

/// <summary>A rendezvous server that a node registers with.</summary>
/// <param name="Name">The common name that the server's certificate must have.</param>
/// <param name="Endpoint">Where it is called.</param>
internal sealed record RendezvousConfig(string Name, PeerEndpoint Endpoint);
