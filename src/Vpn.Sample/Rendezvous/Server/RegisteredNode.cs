using System.Net;

namespace FifoVpn.Rendezvous;

/// <summary>A node and what the registry holds of it, as of one moment.</summary>
/// <param name="Since">When it has registered; null: not yet.</param>
/// <param name="LocalEndPoints">Where it is on its own side of a NAT; none before it has registered.</param>
/// <param name="Channels">To how many nodes it may relay.</param>
internal readonly record struct RegisteredNode(RendezvousNode Node, DateTimeOffset? Since, IReadOnlyList<IPEndPoint> LocalEndPoints, int Channels);
