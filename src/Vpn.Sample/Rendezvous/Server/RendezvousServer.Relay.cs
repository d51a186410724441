using FifoVpn.Control;

namespace FifoVpn.Rendezvous;

// Datagrams for another node. What is behind the header is between the two nodes.
internal sealed partial class RendezvousServer
{
    /// <summary>Sends the datagram on, with the sender's channel in place of the receiver's. Allocates nothing, and waits for nobody.</summary>
    private void Relay(RendezvousNode node, Span<byte> message)
    {
        if (!RelayHeader.TryRead(message, out RelayHeader header) || message.Length == RelayHeader.Length)
        {
            Malformed(node);
        }
        else if (!_options.Relay)
        {
            CountDrop(node, ref _counters.RelayDropsOff);
        }
        else if (node.Channels.Find(header.Channel) is not { } channel)
        {
            SayClosed(node, header.Channel);
        }
        else if (!channel.Target.Fits(message.Length))
        {
            CountDrop(node, ref _counters.RelayDropsTooLarge);
        }
        else if (!channel.Limit.TryTake(message.Length))
        {
            CountDrop(node, ref _counters.RelayDropsRate);
            if (_relayLimited.Note(out long count))
            {
                RendezvousLogger.RelayLimited(_logger, node.Name, channel.Target.Name, count);
            }
        }
        else
        {
            RelayHeader.WriteChannel(message, channel.Opposite);
            if (channel.Target.TrySend(message))
            {
                node.Relayed.CountRelayed(message.Length);
                RendezvousCounters.Count(ref _counters.RelayedDatagrams);
                RendezvousCounters.Count(ref _counters.RelayedBytes, message.Length);
            }
            else
            {
                SayClosed(node, header.Channel); // its association has just ended
            }
        }
    }

    private static void CountDrop(RendezvousNode node, ref long reason)
    {
        node.Relayed.CountDrop();
        RendezvousCounters.Count(ref reason);
    }

    private void SayClosed(RendezvousNode node, uint channel)
    {
        CountDrop(node, ref _counters.RelayDropsClosed);
        if (node.ClosedAnswers.TryTake(1))
        {
            Span<byte> buffer = stackalloc byte[ControlMessage.MaxLength];
            node.TrySend(new RelayClosedMessage(channel).Write(buffer));
        }
    }
}
