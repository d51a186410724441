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
    public static IReadOnlyList<IPEndPoint> Of(IPEndPoint bound, IReadOnlyList<InterfaceAddress> inside) => Of(bound, inside, OfInterfaces);

    /// <param name="interfaces">The addresses of the interfaces that are up.</param>
    internal static IReadOnlyList<IPEndPoint> Of(IPEndPoint bound, IReadOnlyList<InterfaceAddress> inside, Func<IEnumerable<IPAddress>> interfaces)
    {
        bool anyIPv6 = bound.Address.Equals(IPAddress.IPv6Any);
        if (!anyIPv6 && !bound.Address.Equals(IPAddress.Any))
        {
            return [bound];
        }

        HashSet<IPAddress> excluded = [.. inside.Select(own => own.Address.ToIPAddress())];
        try
        {
            return
            [
                .. interfaces()
                    .Where(address => anyIPv6 || address.AddressFamily == AddressFamily.InterNetwork)
                    .Where(address => !address.IsIPv6LinkLocal && !IPAddress.IsLoopback(address) && !excluded.Contains(address)) // a link-local one says nothing without its link
                    .Distinct()
                    .Take(ControlReader.MaxEndPoints)
                    .Select(address => new IPEndPoint(address, bound.Port)),
            ];
        }
        catch (Exception exception) when (exception is NetworkInformationException or IOException or UnauthorizedAccessException)
        {
            return []; // an interface went while it was looked at, or the system shows none: the public address does without, and the next registration looks again
        }
    }

    private static IEnumerable<IPAddress> OfInterfaces() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(candidate => candidate.OperationalStatus != OperationalStatus.Down && candidate.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(candidate => candidate.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address);
}
