using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using FifoVpn.Control;
using FifoVpn.Packets;

namespace FifoVpn.Node;

/// <summary>Where a node's socket is reached by those in the same network.</summary>
internal static class LocalAddresses
{
    /// <param name="bound">The socket's address.</param>
    /// <param name="inside">The node's VPN addresses, which do not count: they are reached through the tunnel.</param>
    /// <returns>Address and port of each usable interface address, at most as many as a message carries.</returns>
    public static IReadOnlyList<IPEndPoint> Of(IPEndPoint bound, IReadOnlyList<InterfaceAddress> inside)
    {
        bool anyIPv6 = bound.Address.Equals(IPAddress.IPv6Any);
        if (!anyIPv6 && !bound.Address.Equals(IPAddress.Any))
        {
            return [bound];
        }

        HashSet<IPAddress> excluded = [.. inside.Select(own => own.Address.ToIPAddress())];
        return
        [
            .. NetworkInterface.GetAllNetworkInterfaces()
                .Where(candidate => candidate.OperationalStatus != OperationalStatus.Down && candidate.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(candidate => candidate.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address)
                .Where(address => anyIPv6 || address.AddressFamily == AddressFamily.InterNetwork)
                .Where(address => !address.IsIPv6LinkLocal && !IPAddress.IsLoopback(address) && !excluded.Contains(address)) // a link-local one says nothing without its link
                .Distinct()
                .Take(ControlReader.MaxEndPoints)
                .Select(address => new IPEndPoint(address, bound.Port)),
        ];
    }
}
