using System.Runtime.InteropServices;
using FifoVpn.Interop;
using FifoVpn.Packets;

namespace FifoVpn.Devices;

/// <summary>
/// Configures one network link by rtnetlink, in the network namespace of the thread that made it: MTU, addresses, state, routes.
/// Not thread-safe. Every method throws <see cref="DeviceException"/> with one line that names the link, the intent and the kernel's
/// answer.
/// </summary>
internal sealed class LinkConfigurator : IDisposable
{
    // linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h
    private const ushort NewLink = 16;
    private const ushort NewAddress = 20;
    private const ushort NewRoute = 24;
    private const ushort DeleteRoute = 25;
    private const ushort LinkMtu = 4;
    private const ushort LinkFamilyOptions = 26;
    private const ushort LinkAddressGenerationMode = 8;
    private const byte AddressGenerationNone = 1;
    private const uint LinkUp = 1;
    private const ushort AddressPeer = 1;
    private const ushort AddressLocal = 2;
    private const byte AddressNoDuplicateDetection = 0x02;
    private const ushort RouteDestination = 1;
    private const ushort RouteOutputLink = 4;
    private const byte RouteTableMain = 254;
    private const byte RouteProtocolStatic = 4;
    private const byte RouteTypeUnicast = 1;
    private const byte ScopeUniverse = 0;
    private const byte ScopeLink = 253;
    private const byte ScopeNowhere = 255;
    private const byte FamilyIPv4 = 2;
    private const byte FamilyIPv6 = 10;

    private readonly NetlinkSocket _socket;
    private readonly string _name;
    private readonly uint _index;

    /// <exception cref="DeviceException">There is no such link.</exception>
    public LinkConfigurator(string name)
    {
        _name = name;
        _index = Libc.InterfaceIndex(name);
        if (_index == 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new DeviceException(DeviceFailure.NotAvailable, $"there is no link named {name}: {Errno.Describe(errno)}");
        }

        _socket = new NetlinkSocket();
    }

    public void SetMtu(int mtu) =>
        Execute(new NetlinkRequest(NewLink, 0, LinkPart(flags: 0, change: 0)).Add(LinkMtu, (uint)mtu), $"set the MTU of {_name} to {mtu}");

    /// <summary>
    /// Keeps the kernel from giving the link an IPv6 link-local address, and so from sending router solicitations into the tunnel.
    /// Belongs before <see cref="SetUp"/>. Without IPv6 on the link there is nothing to do.
    /// </summary>
    public void DisableLinkLocalAddress()
    {
        ReadOnlySpan<byte> mode = NetlinkRequest.EncodeAttribute(LinkAddressGenerationMode, [AddressGenerationNone]);
        ReadOnlySpan<byte> family = NetlinkRequest.EncodeAttribute(FamilyIPv6, mode);
        NetlinkRequest request = new NetlinkRequest(NewLink, 0, LinkPart(flags: 0, change: 0)).Add(LinkFamilyOptions, family);
        Execute(request, $"keep {_name} without link-local address", toleratedErrno: Errno.EAFNOSUPPORT);
    }

    public void SetUp() => Execute(new NetlinkRequest(NewLink, 0, LinkPart(LinkUp, LinkUp)), $"bring {_name} up");

    /// <summary>
    /// Adds the address, and with it the on-link route to its prefix. Duplicate address detection is off for IPv6: nobody else can hold
    /// the address on a tunnel, and programs can bind to it at once. The kernel makes the route for packets that arrive for it on a work
    /// queue, a moment later.
    /// </summary>
    public void AddAddress(InterfaceAddress address)
    {
        Span<byte> part = stackalloc byte[8];
        part.Clear();
        part[0] = Family(address.Address);
        part[1] = (byte)address.PrefixLength;
        part[2] = address.Address.IsIPv6 ? AddressNoDuplicateDetection : (byte)0;
        part[3] = ScopeUniverse;
        MemoryMarshal.Write(part[4..], _index);
        NetlinkRequest request = new(NewAddress, NetlinkRequest.FlagCreate | NetlinkRequest.FlagReplace, part);
        Execute(request.Add(AddressLocal, address.Address).Add(AddressPeer, address.Address), $"add address {address} to {_name}");
    }

    /// <summary>
    /// Routes the prefix into the link, which must be up. A route that somebody else set for the same prefix is an error, not replaced.
    /// </summary>
    public void AddRoute(IpPrefix prefix)
    {
        byte scope = prefix.Network.IsIPv6 ? ScopeUniverse : ScopeLink;
        NetlinkRequest request = RouteRequest(NewRoute, NetlinkRequest.FlagCreate | NetlinkRequest.FlagExclusive, prefix, scope);
        Execute(request, $"add route {prefix} through {_name}");
    }

    public void RemoveRoute(IpPrefix prefix) =>
        Execute(RouteRequest(DeleteRoute, 0, prefix, ScopeNowhere), $"remove route {prefix} through {_name}");

    public void Dispose() => _socket.Dispose();

    private static byte Family(VpnAddress address) => address.IsIPv6 ? FamilyIPv6 : FamilyIPv4;

    /// <summary>struct ifinfomsg.</summary>
    private byte[] LinkPart(uint flags, uint change)
    {
        byte[] part = new byte[16];
        MemoryMarshal.Write(part.AsSpan(4), _index);
        MemoryMarshal.Write(part.AsSpan(8), flags);
        MemoryMarshal.Write(part.AsSpan(12), change);
        return part;
    }

    /// <summary>struct rtmsg and the attributes of a route straight into the link.</summary>
    private NetlinkRequest RouteRequest(ushort type, ushort flags, IpPrefix prefix, byte scope)
    {
        ReadOnlySpan<byte> part =
        [
            Family(prefix.Network), (byte)prefix.Length, 0, 0, RouteTableMain, RouteProtocolStatic, scope, RouteTypeUnicast, 0, 0, 0, 0,
        ];
        return new NetlinkRequest(type, flags, part).Add(RouteDestination, prefix.Network).Add(RouteOutputLink, _index);
    }

    private void Execute(NetlinkRequest request, string intent, int toleratedErrno = 0)
    {
        int errno = _socket.Execute(request, out string explanation);
        if (errno == 0 || errno == toleratedErrno)
        {
            return;
        }

        throw errno is Errno.EPERM
            ? DeviceException.NoPrivilege($"cannot {intent} ({explanation})")
            : new DeviceException(DeviceFailure.Refused, $"cannot {intent}: {explanation}");
    }
}
