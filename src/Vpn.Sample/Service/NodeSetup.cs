using System.Net.Sockets;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Service;

/// <summary>What a configuration means for the parts of a node.</summary>
internal static class NodeSetup
{
    /// <summary>IPv4 header and UDP header, without options.</summary>
    private const int IPv4Overhead = 20 + 8;

    /// <summary>
    /// The MTU inside: the configured one, or what is left of a packet of <see cref="NodeConfig.PathMtu"/> after IP, UDP and DTLS; but never less than IPv6 demands of a link that carries it
    /// (RFC 8200 §5): then the node sends the largest packets in parts.
    /// </summary>
    public static int MtuOf(NodeConfig config)
    {
        int outside = config.Listen.AddressFamily == AddressFamily.InterNetwork ? IPv4Overhead : VpnNodeOptions.IPv6Overhead;
        int least = config.Addresses.Any(address => address.Address.IsIPv6) ? NodeConfig.MinIPv6Mtu : NodeConfig.MinMtu;
        return config.Mtu ?? Math.Max(config.PathMtu - outside - VpnNodeOptions.DatagramOverhead, least);
    }

    public static VpnNodeOptions OptionsOf(NodeConfig config, string name, DtlsContext context) => new()
    {
        Name = name,
        Listen = config.Listen,
        Context = context,
        Addresses = config.Addresses,
        Peers = config.Peers,
        Rendezvous = config.Rendezvous,
        Discover = config.Discover,
        Forward = config.Forward,
        Offload = config.Offload,
        RateLimit = config.RateLimit,
        PeerRateLimit = config.PeerRateLimit,
        MaxPeers = config.MaxPeers,
        Keepalive = config.Keepalive,
        IdleTimeout = config.IdleTimeout,
    };

    /// <summary>Sessions are resumed: a peer that has moved or was asleep is back after one round trip less, and without a signature.</summary>
    public static DtlsContext CreateContext(NodeCredentials credentials) => new(new DtlsContextOptions
    {
        Credentials = credentials.Own,
        TrustAnchors = credentials.TrustAnchors,
        RevocationLists = credentials.RevocationLists,
        Resumption = new DtlsResumptionOptions { Scope = VpnNodeOptions.SessionScope, Lifetime = VpnNodeOptions.SessionLifetime },
    });

    /// <summary>A TUN device with the configured addresses, up; it has no routes but those of its own networks.</summary>
    /// <exception cref="DeviceException">The message says what is missing and how to get it.</exception>
    public static TunDevice OpenDevice(NodeConfig config)
    {
        TunDevice device = TunDevice.Open(config.Device, MtuOf(config), config.Offload ? DeviceOffloads.All : DeviceOffloads.None);
        try
        {
            using var link = new LinkConfigurator(device.Name);
            link.DisableLinkLocalAddress();
            foreach (InterfaceAddress address in config.Addresses)
            {
                link.AddAddress(address);
            }

            link.SetUp();
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }
}
