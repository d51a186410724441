using System.Buffers;
using FifoVpn.Devices;
using FifoVpn.Packets;

namespace FifoVpn.Node;

// The way of the packets: from the device to the peers, and from the peers to the device or to other peers. Nothing here waits, and nothing allocates for a packet that goes its way.
internal sealed partial class VpnNode
{
    private void TellDeviceFailed(DeviceException exception)
    {
        VpnLogger.DeviceFailed(_logger, _device.Name, exception.Message);
        DeviceFailed?.Invoke(exception);
    }

    /// <summary>From the device to the peer that has the destination: a packet, or a super-packet.</summary>
    private void Forward(Span<byte> packet, in DevicePacket kind, OutgoingPackets outgoing)
    {
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _))
        {
            Counters.CountDrop(DropReason.MalformedFromDevice);
        }
        else if (IsForMany(parsed.Destination))
        {
            Counters.CountDrop(DropReason.Multicast);
        }
        else if (!_directory.TryFind(parsed.Destination, out VpnPeer peer))
        {
            HoldOrDrop(packet, parsed.Destination, kind);
        }
        else if (kind.SegmentSize == 0)
        {
            Send(packet, parsed, peer, origin: null, outgoing);
        }
        else if (SegmentCutter.TryStart(packet, kind, peer.MaxPacket, out SegmentCutter segments))
        {
            outgoing.Add(peer, ref segments);
        }
        else
        {
            SendApart(packet, kind, peer, outgoing); // UDP datagrams that are too large for the path
        }
    }

    private void HoldOrDrop(Span<byte> packet, VpnAddress destination, in DevicePacket kind)
    {
        if (_discovery is null)
        {
            Counters.CountDrop(DropReason.NoRoute);
        }
        else if (kind.SegmentSize == 0)
        {
            Hold(packet);
        }
        else
        {
            ForEachSegment(packet, kind, Hold);
        }

        void Hold(Span<byte> held)
        {
            if (!_discovery!.TryHold(held, destination))
            {
                Counters.CountDrop(DropReason.NoRoute);
            }
        }
    }

    private void SendApart(Span<byte> packet, in DevicePacket kind, VpnPeer peer, OutgoingPackets outgoing) => ForEachSegment(packet, kind, segment =>
    {
        if (IpPacket.TryParse(segment, out IpPacket parsed, out _)) // it was made from one just now
        {
            Send(segment, parsed, peer, origin: null, outgoing);
        }
    });

    private delegate void SegmentHandler(Span<byte> segment);

    // Off the usual way: it allocates.
    private void ForEachSegment(Span<byte> packet, in DevicePacket kind, SegmentHandler handle)
    {
        if (!SegmentCutter.TryStart(packet, kind, ushort.MaxValue, out SegmentCutter cutter))
        {
            Counters.CountDrop(DropReason.MalformedFromDevice);
            return;
        }

        using PacketBatch segments = new();
        bool more;
        do
        {
            segments.Clear();
            more = cutter.Append(segments);
            for (int i = 0; i < segments.Count; i++)
            {
                handle(segments[i]);
            }
        }
        while (more);
    }

    /// <summary>From a peer: packets for the device go there in as few calls as can be, those for other peers to them.</summary>
    /// <param name="packets">Packets of the peer, back to back; they may be changed.</param>
    private void Deliver(Span<byte> packets, ReadOnlySpan<int> lengths, VpnPeer peer, OutgoingPackets? others)
    {
        int at = 0;
        int first = 0; // of those that wait to be written
        int start = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (!IsForDevice(packets.Slice(at, lengths[i]), peer, others))
            {
                Write(packets[start..at], lengths[first..i]);
                first = i + 1;
                start = at + lengths[i];
            }

            at += lengths[i];
        }

        Write(packets[start..at], lengths[first..]);
        others?.Flush();
    }

    private void Write(Span<byte> packets, ReadOnlySpan<int> lengths)
    {
        if (lengths.Length == 1)
        {
            _device.Write(packets);
            _deviceReader.TakeAnswer();
        }
        else if (lengths.Length > 1)
        {
            _device.WriteMany(packets, lengths);
        }
    }

    /// <summary>
    /// Drops what the peer may not send, and sends on what is for another peer. A source is allowed if packets to it would go to this very peer, so no peer can speak for another.
    /// </summary>
    /// <returns>Whether the packet is to be written to the device.</returns>
    private bool IsForDevice(Span<byte> packet, VpnPeer peer, OutgoingPackets? others)
    {
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _))
        {
            peer.Counters.CountDrop(DropReason.MalformedFromPeer);
            return false;
        }

        if (IsOwn(parsed.Source) || !_directory.TryFind(parsed.Source, out VpnPeer owner) || owner != peer)
        {
            peer.Counters.CountDrop(DropReason.SourceNotAllowed);
            return false;
        }

        peer.CountReceived(packet.Length);
        if (others is null || IsOwn(parsed.Destination) || IsForMany(parsed.Destination) || !_directory.TryFind(parsed.Destination, out VpnPeer next) || next == peer)
        {
            return true;
        }

        if (HopLimit.TryDecrement(packet))
        {
            Send(packet, parsed, next, origin: peer, others);
        }
        else
        {
            peer.Counters.CountDrop(DropReason.HopLimit);
            Answer(packet, parsed, origin: peer, maxPacket: null);
        }

        return false;
    }

    /// <summary>To a peer, in one datagram if it fits; if it does not, its sender learns what would, or it is cut into fragments.</summary>
    /// <param name="origin">Whose packet it is; null: this system's.</param>
    private void Send(Span<byte> packet, in IpPacket parsed, VpnPeer peer, VpnPeer? origin, OutgoingPackets outgoing)
    {
        int limit = peer.MaxPacket;
        if (limit < _device.Mtu && parsed.Protocol == IpProtocol.Tcp)
        {
            TcpMss.Clamp(packet, limit);
        }

        if (packet.Length <= limit || (parsed.IsIPv6 && packet.Length <= IcmpError.MaxLengthIPv6))
        {
            outgoing.Add(peer, packet); // no IPv6 packet of up to 1280 bytes may be refused: it goes in two datagrams
            return;
        }

        byte[] scratch = ArrayPool<byte>.Shared.Rent(Math.Max(limit, IcmpError.MaxLength));
        if (IPv4Fragmenter.TryStart(packet, limit, scratch, out IPv4Fragmenter fragments))
        {
            while (fragments.MoveNext())
            {
                outgoing.Add(peer, fragments.Current);
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
