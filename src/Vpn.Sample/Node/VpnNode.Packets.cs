using System.Buffers;
using FifoVpn.Devices;
using FifoVpn.Packets;

namespace FifoVpn.Node;

// The way of the packets: from the device to the peers, and from the peers to the device or to other peers. Nothing here waits, and nothing allocates for a packet that goes its way.
internal sealed partial class VpnNode
{
    private void ReadDevice()
    {
        byte[] buffer = new byte[_device.ReadBufferSize];
        using PacketBatch segments = new();
        try
        {
            while (_device.Read(buffer, out DevicePacket packet))
            {
                if (packet.SegmentSize == 0)
                {
                    Forward(buffer.AsSpan(0, packet.Length));
                }
                else
                {
                    ForwardSegments(buffer, packet, segments);
                }
            }
        }
        catch (DeviceException exception)
        {
            VpnLogger.DeviceFailed(_logger, _device.Name, exception.Message);
            DeviceFailed?.Invoke(exception);
        }
    }

    private void ForwardSegments(ReadOnlySpan<byte> buffer, in DevicePacket packet, PacketBatch segments)
    {
        if (!SegmentCutter.TryStart(buffer, packet, ushort.MaxValue, out SegmentCutter cutter))
        {
            Counters.CountDrop(DropReason.MalformedFromDevice);
            return;
        }

        bool more;
        do
        {
            segments.Clear();
            more = cutter.Append(segments);
            for (int i = 0; i < segments.Count; i++)
            {
                Forward(segments[i]);
            }
        }
        while (more);
    }

    /// <summary>From the device to the peer that has the destination.</summary>
    private void Forward(Span<byte> packet)
    {
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _))
        {
            Counters.CountDrop(DropReason.MalformedFromDevice);
        }
        else if (IsForMany(parsed.Destination))
        {
            Counters.CountDrop(DropReason.Multicast);
        }
        else if (_directory.TryFind(parsed.Destination, out VpnPeer peer))
        {
            Send(packet, parsed, peer, origin: null);
        }
        else if (_discovery is null || !_discovery.TryHold(packet, parsed.Destination))
        {
            Counters.CountDrop(DropReason.NoRoute);
        }
    }

    /// <summary>From a peer to the device or to another peer. A source is allowed if packets to it would go to this very peer, so no peer can speak for another.</summary>
    private void Deliver(Span<byte> packet, VpnPeer peer)
    {
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _))
        {
            peer.Counters.CountDrop(DropReason.MalformedFromPeer);
        }
        else if (IsOwn(parsed.Source) || !_directory.TryFind(parsed.Source, out VpnPeer owner) || owner != peer)
        {
            peer.Counters.CountDrop(DropReason.SourceNotAllowed);
        }
        else if (_options.Forward && !IsOwn(parsed.Destination) && !IsForMany(parsed.Destination) && _directory.TryFind(parsed.Destination, out VpnPeer next) && next != peer)
        {
            peer.CountReceived(packet.Length);
            if (HopLimit.TryDecrement(packet))
            {
                Send(packet, parsed, next, origin: peer);
            }
            else
            {
                peer.Counters.CountDrop(DropReason.HopLimit);
                Answer(packet, parsed, origin: peer, maxPacket: null);
            }
        }
        else
        {
            peer.CountReceived(packet.Length);
            _device.Write(packet);
        }
    }

    /// <summary>To a peer, in one datagram if it fits; if it does not, its sender learns what would, or it is cut into fragments.</summary>
    /// <param name="origin">Whose packet it is; null: this system's.</param>
    private void Send(Span<byte> packet, in IpPacket parsed, VpnPeer peer, VpnPeer? origin)
    {
        int limit = peer.MaxPacket;
        if (limit < _device.Mtu && parsed.Protocol == IpProtocol.Tcp)
        {
            TcpMss.Clamp(packet, limit);
        }

        if (packet.Length <= limit || (parsed.IsIPv6 && packet.Length <= IcmpError.MaxLengthIPv6))
        {
            peer.Send(packet); // no IPv6 packet of up to 1280 bytes may be refused: it goes in two datagrams
            return;
        }

        byte[] scratch = ArrayPool<byte>.Shared.Rent(Math.Max(limit, IcmpError.MaxLength));
        if (IPv4Fragmenter.TryStart(packet, limit, scratch, out IPv4Fragmenter fragments))
        {
            while (fragments.MoveNext())
            {
                peer.Send(fragments.Current);
            }
        }
        else
        {
            peer.Counters.CountDrop(DropReason.TooLarge);
            Answer(packet, parsed, origin, limit);
        }

        ArrayPool<byte>.Shared.Return(scratch);
    }

    /// <summary>Tells the sender of a packet why it goes no further.</summary>
    /// <param name="maxPacket">It was larger than this; null: its hop limit is used up.</param>
    private void Answer(ReadOnlySpan<byte> packet, in IpPacket parsed, VpnPeer? origin, int? maxPacket)
    {
        // Linux takes no packet from an address of its own; so its own packets are answered in the name of the destination.
        if (origin is null)
        {
            Answer(packet, parsed.Destination, origin, maxPacket);
            return;
        }

        foreach (InterfaceAddress own in _options.Addresses)
        {
            if (own.Address.IsIPv6 == parsed.IsIPv6)
            {
                Answer(packet, own.Address, origin, maxPacket);
                return;
            }
        }
    }

    private void Answer(ReadOnlySpan<byte> packet, VpnAddress source, VpnPeer? origin, int? maxPacket)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(IcmpError.MaxLength);
        int length = maxPacket is { } mtu
            ? IcmpError.WriteTooBig(buffer, packet, source, packet[0] >> 4 == 6 ? Math.Max(mtu, IcmpError.MaxLengthIPv6) : mtu)
            : IcmpError.WriteTimeExceeded(buffer, packet, source);
        if (length > 0 && _icmpRate.TryTake())
        {
            if (origin is null)
            {
                _device.Write(buffer.AsSpan(0, length));
            }
            else
            {
                origin.Send(buffer.AsSpan(0, length));
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private bool IsForMany(VpnAddress destination)
    {
        if (destination.IsMulticast)
        {
            return true;
        }

        foreach (InterfaceAddress own in _options.Addresses)
        {
            if (destination.IsBroadcastOf(own.Network))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOwn(VpnAddress address)
    {
        foreach (InterfaceAddress own in _options.Addresses)
        {
            if (own.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsInOwnNetworks(VpnAddress address)
    {
        foreach (InterfaceAddress own in _options.Addresses)
        {
            if (own.Network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
