namespace FifoVpn.Status;

/// <summary>What a rendezvous server, or one node through it, relays.</summary>
/// <param name="Enabled">Whether the server relays at all.</param>
/// <param name="Channels">Pairs of nodes that may relay now.</param>
/// <param name="Datagrams">Datagrams relayed.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Drops">Datagrams that were not relayed, by reason.</param>
internal sealed record ServerRelayStatus(bool Enabled, int Channels, long Datagrams, long Bytes, IReadOnlyDictionary<string, long> Drops);
