using FifoVpn.Packets;

namespace FifoVpn.Routing;

/// <summary>What is behind a prefix.</summary>
internal readonly record struct Route<T>(IpPrefix Prefix, T Value);
