using FifoVpn.Devices;
using FifoVpn.Packets;

namespace FifoVpn.Node;

// The way of the packets: from the device to the peers, and from the peers to the device or to other peers. Nothing here waits or allocates.
internal sealed partial class VpnNode
{
    private void ReadDevice()
    {
        byte[] packet = new byte[_device.Mtu];
        try
        {
            for (int length = _device.Read(packet); length > 0; length = _device.Read(packet))
            {
                Forward(packet.AsSpan(0, length));
            }
        }
        catch (DeviceException exception)
        {
            VpnLogger.DeviceFailed(_logger, _device.Name, exception.Message);
            DeviceFailed?.Invoke(exception);
        }
    }

    /// <summary>From the device to the peer that has the destination.</summary>
    private void Forward(Span<byte> packet)
    {
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _))
        {
            Counters.CountDrop(DropReason.MalformedFromDevice);
        }
        else if (_directory.TryFind(parsed.Destination, out VpnPeer peer))
        {
            peer.Send(packet);
        }
        else if (_discovery is null || !_discovery.TryHold(packet, parsed.Destination))
        {
            Counters.CountDrop(DropReason.NoRoute);
        }
    }

    /// <summary>From a peer to the device. A source is allowed if packets to it would go to this very peer, so no peer can speak for another.</summary>
    private void Deliver(Span<byte> packet, VpnPeer peer)
    {
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _))
        {
            peer.Counters.CountDrop(DropReason.MalformedFromPeer);
        }
        else if (!_directory.TryFind(parsed.Source, out VpnPeer owner) || owner != peer)
        {
            peer.Counters.CountDrop(DropReason.SourceNotAllowed);
        }
        else if (_options.Forward && _directory.TryFind(parsed.Destination, out VpnPeer next) && next != peer)
        {
            peer.CountReceived(packet.Length);
            next.Send(packet);
        }
        else
        {
            peer.CountReceived(packet.Length);
            _device.Write(packet);
        }
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
