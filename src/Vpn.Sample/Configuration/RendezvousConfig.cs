namespace FifoVpn.Configuration;

/// <summary>A rendezvous server of a node.</summary>
/// <param name="Name">The common name that the server's certificate must have.</param>
/// <param name="Endpoint">Where it is.</param>
internal sealed record RendezvousConfig(string Name, PeerEndpoint Endpoint);
