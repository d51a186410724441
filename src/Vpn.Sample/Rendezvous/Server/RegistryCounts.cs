namespace FifoVpn.Rendezvous;

/// <summary>How much a registry holds.</summary>
/// <param name="Nodes">Nodes with an association.</param>
/// <param name="Registered">Those of them that have registered.</param>
/// <param name="Prefixes">Prefixes with an owner.</param>
/// <param name="Contenders">Nodes that miss a prefix of theirs.</param>
/// <param name="Channels">Pairs of nodes with a channel each way.</param>
internal readonly record struct RegistryCounts(int Nodes, int Registered, int Prefixes, int Contenders, int Channels);
