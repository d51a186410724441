using System.Diagnostics.CodeAnalysis;
using FifoVpn.Packets;

namespace FifoVpn.Routing;

/// <summary>
/// Longest-prefix match for IPv4 and IPv6. Readers see one immutable snapshot, without locks or allocation; <see cref="Replace"/>, from any
/// thread, swaps the whole snapshot at once.
/// </summary>
internal sealed class RoutingTable<T>
{
    private volatile Snapshot _snapshot = new([]);

    public int Count => _snapshot.Count;

    /// <summary>Finds the route with the longest prefix that contains the address.</summary>
    public bool TryFind(VpnAddress address, [MaybeNullWhen(false)] out T value) => _snapshot.TryFind(address, out value);

    /// <summary>Makes these the only routes.</summary>
    /// <exception cref="ArgumentException">A prefix stands twice; the message names the prefix and both values. The old routes
    /// stay.</exception>
    public void Replace(IReadOnlyList<Route<T>> routes) => _snapshot = new Snapshot(routes);

    /// <summary>One hash table per prefix length in use, longest first: a handful of lengths is what VPNs have.</summary>
    private sealed class Snapshot
    {
        private readonly Level[] _ipv4;
        private readonly Level[] _ipv6;

        public Snapshot(IReadOnlyList<Route<T>> routes)
        {
            _ipv4 = Build(routes, isIPv6: false);
            _ipv6 = Build(routes, isIPv6: true);
            Count = routes.Count;
        }

        public int Count { get; }

        public bool TryFind(VpnAddress address, [MaybeNullWhen(false)] out T value)
        {
            foreach (Level level in address.IsIPv6 ? _ipv6 : _ipv4)
            {
                if (level.Routes.TryGetValue(address.Masked(level.Length), out value))
                {
                    return true;
                }
            }

            value = default;
            return false;
        }

        private static Level[] Build(IReadOnlyList<Route<T>> routes, bool isIPv6)
        {
            SortedDictionary<int, Level> levels = [];
            foreach (Route<T> route in routes)
            {
                if (route.Prefix.Network.IsIPv6 != isIPv6)
                {
                    continue;
                }

                int length = route.Prefix.Length;
                if (!levels.TryGetValue(length, out Level? level))
                {
                    level = new Level(length);
                    levels.Add(length, level);
                }

                level.Add(route);
            }

            return [.. levels.Values.Reverse()];
        }
    }

    private sealed class Level(int length)
    {
        public int Length { get; } = length;

        public Dictionary<VpnAddress, T> Routes { get; } = [];

        public void Add(Route<T> route)
        {
            if (!Routes.TryAdd(route.Prefix.Network, route.Value))
            {
                T first = Routes[route.Prefix.Network];
                throw new ArgumentException($"{route.Prefix} is routed twice: to {first} and to {route.Value}.");
            }
        }
    }
}
