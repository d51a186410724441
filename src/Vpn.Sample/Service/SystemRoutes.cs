using FifoVpn.Devices;
using FifoVpn.Packets;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Service;

/// <summary>
/// The routes of the system into the device: one for each prefix of a peer that the device's own networks do not cover, for which the kernel has routes by itself. A route that can't
/// be set is told once, and tried again whenever the peers change. They all go with the device. Not thread-safe.
/// </summary>
/// <param name="networks">Those of the device's addresses.</param>
/// <param name="add">Sets a route; throws <see cref="DeviceException"/>.</param>
/// <param name="remove">Removes a route; throws <see cref="DeviceException"/>.</param>
internal sealed class SystemRoutes(IReadOnlyList<IpPrefix> networks, Action<IpPrefix> add, Action<IpPrefix> remove, ILogger logger)
{
    private readonly Dictionary<IpPrefix, string> _installed = []; // and the peer's name
    private readonly HashSet<(IpPrefix, string)> _told = []; // what could not be set

    /// <summary>Those that are set.</summary>
    public IReadOnlyCollection<IpPrefix> Installed => _installed.Keys;

    /// <summary>Sets and removes routes until there are those of these peers.</summary>
    public void Update(IEnumerable<(string Peer, IReadOnlyList<IpPrefix> Prefixes)> peers)
    {
        Dictionary<IpPrefix, string> wanted = [];
        foreach ((string peer, IReadOnlyList<IpPrefix> prefixes) in peers)
        {
            foreach (IpPrefix prefix in prefixes.Where(prefix => !networks.Any(own => own.Contains(prefix))))
            {
                wanted.TryAdd(prefix, peer);
            }
        }

        foreach ((IpPrefix prefix, string peer) in _installed.Where(route => !wanted.ContainsKey(route.Key)).ToArray())
        {
            Remove(prefix, peer);
        }

        _told.RemoveWhere(told => !wanted.Contains(KeyValuePair.Create(told.Item1, told.Item2)));
        foreach ((IpPrefix prefix, string peer) in wanted)
        {
            if (!_installed.ContainsKey(prefix))
            {
                Add(prefix, peer);
            }

            if (_installed.ContainsKey(prefix))
            {
                _installed[prefix] = peer; // it may have gone from one peer to another
            }
        }
    }

    private void Add(IpPrefix prefix, string peer)
    {
        try
        {
            add(prefix);
            _installed.Add(prefix, peer);
            _told.Remove((prefix, peer));
            ServiceLogger.RouteAdded(logger, prefix, peer);
        }
        catch (DeviceException exception)
        {
            if (_told.Add((prefix, peer)))
            {
                ServiceLogger.RouteNotAdded(logger, prefix, peer, exception.Message);
            }
        }
    }

    private void Remove(IpPrefix prefix, string peer)
    {
        _installed.Remove(prefix); // also if it fails: then somebody else has removed it
        try
        {
            remove(prefix);
            ServiceLogger.RouteRemoved(logger, prefix, peer);
        }
        catch (DeviceException exception)
        {
            ServiceLogger.RouteNotRemoved(logger, prefix, peer, exception.Message);
        }
    }
}
