using System.Net;
using FifoVpn.Configuration;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>A member of a test's VPN: its name, its addresses inside and where it is outside.</summary>
internal sealed record VpnMember(string Name, byte Number, IPEndPoint Outside)
{
    public VpnAddress IPv4 => VpnAddress.Parse($"10.88.0.{Number}");

    public VpnAddress IPv6 => VpnAddress.Parse($"fd88::{Number}");

    public VpnAddress[] Addresses => [IPv4, IPv6];

    public InterfaceAddress[] Interfaces => [new(IPv4, 24), new(IPv6, 64)];

    /// <summary>How others configure this member when they call it.</summary>
    public PeerConfig Called() => CalledAt(Outside);

    /// <summary>How others configure this member when they look for it at some address.</summary>
    public PeerConfig CalledAt(IPEndPoint where) =>
        new() { Name = Name, Addresses = Addresses, Endpoint = new PeerEndpoint(where.Address.ToString(), where.Port, where.Address) };

    /// <summary>How others configure this member when it is to call them.</summary>
    public PeerConfig Awaited() => new() { Name = Name, Addresses = Addresses };
}
