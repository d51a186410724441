using FifoVpn.Packets;

namespace FifoVpn.Rendezvous;

/// <summary>A prefix that a node's certificate carries and that another node has already.</summary>
internal readonly record struct RefusedPrefix(IpPrefix Prefix, string Owner);
