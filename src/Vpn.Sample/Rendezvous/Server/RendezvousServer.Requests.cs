using System.Net;
using FifoVpn.Control;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Rendezvous;

// Registrations and introductions.
internal sealed partial class RendezvousServer
{
    private void Answer(RendezvousNode node, ReadOnlySpan<byte> ping)
    {
        if (!EchoMessage.TryRead(ping, out EchoMessage echo))
        {
            Malformed(node);
            return;
        }

        Span<byte> buffer = stackalloc byte[ControlMessage.MaxLength];
        node.TrySend(echo.Write(buffer, ControlType.Pong));
    }

    private void Register(RendezvousNode node, ReadOnlySpan<byte> message)
    {
        if (!RegisterMessage.TryRead(message, out RegisterMessage? register))
        {
            Malformed(node);
            return;
        }

        if (!node.Requests.TryTake(1))
        {
            RendezvousCounters.Count(ref _counters.RegistrationsLimited);
            NoteLimited(node);
            return; // it is repeated until it is answered
        }

        IPEndPoint[] local = [.. register.LocalEndPoints.Where(IsSomewhere)];
        if (_registry.Register(node, local) is not { } first)
        {
            return; // replaced just now, and told so
        }

        RendezvousCounters.Count(ref _counters.Registrations);
        if (first)
        {
            RendezvousLogger.Registered(_logger, node.Name, node.PublicEndPoint, local.Length);
        }

        Span<byte> buffer = stackalloc byte[ControlMessage.MaxLength];
        node.TrySend(new RegisteredMessage(node.PublicEndPoint, _options.Relay, _options.Keepalive).Write(buffer));
    }

    /// <summary>Whether one host can be there: others will send to it.</summary>
    private static bool IsSomewhere(IPEndPoint endPoint)
    {
        IPAddress address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        Span<byte> bytes = stackalloc byte[16];
        bool multicast = address.TryWriteBytes(bytes, out int length) && (length == 4 ? bytes[0] >= 224 : bytes[0] == 0xFF); // 240 and above: reserved, broadcast
        return !multicast && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
    }

    private void Find(RendezvousNode node, ReadOnlySpan<byte> message)
    {
        if (!FindMessage.TryRead(message, out FindMessage? find))
        {
            Malformed(node);
            return;
        }

        RendezvousCounters.Count(ref _counters.Finds);
        if (!node.Requests.TryTake(1))
        {
            NoteLimited(node);
            Decline(node, find.Request, FindFailure.TooManyRequests);
            return;
        }

        Meeting meeting = _registry.Meet(node, find);
        if (meeting.Failure is { } failure)
        {
            Decline(node, find.Request, failure);
        }
        else
        {
            Introduce(node, find.Request, meeting);
        }
    }

    private void Introduce(RendezvousNode asker, uint request, Meeting meeting)
    {
        RendezvousNode target = meeting.Target;
        if (meeting.ChannelsFull)
        {
            RendezvousCounters.Count(ref _counters.ChannelsFull);
            if (_channelsFull.Note(out long count))
            {
                RendezvousLogger.ChannelsFull(_logger, asker.Name, target.Name, count);
            }
        }

        Span<byte> buffer = stackalloc byte[ControlMessage.MaxLength];
        var toTarget = new IntroductionMessage(0, asker.Name, meeting.TargetChannel, asker.PublicEndPoint, meeting.AskerEndPoints);
        if (!target.TrySend(toTarget.Write(buffer)))
        {
            Decline(asker, request, FindFailure.NotRegistered); // its association has just ended
            return;
        }

        RendezvousCounters.Count(ref _counters.Introductions);
        asker.TrySend(new IntroductionMessage(request, target.Name, meeting.AskerChannel, target.PublicEndPoint, meeting.TargetEndPoints).Write(buffer));
        if (_logger.IsEnabled(LogLevel.Debug))
        {
            RendezvousLogger.Introduced(_logger, asker.Name, asker.PublicEndPoint, target.Name, target.PublicEndPoint);
        }
    }

    private void Decline(RendezvousNode node, uint request, FindFailure reason)
    {
        switch (reason)
        {
            case FindFailure.TooManyRequests:
                RendezvousCounters.Count(ref _counters.TooManyRequests);
                break;
            case FindFailure.Yourself:
                RendezvousCounters.Count(ref _counters.Yourself);
                break;
            case FindFailure.RegisterFirst:
                RendezvousCounters.Count(ref _counters.RegisterFirst);
                break;
            default:
                RendezvousCounters.Count(ref _counters.NotRegistered);
                break;
        }

        Span<byte> buffer = stackalloc byte[ControlMessage.MaxLength];
        node.TrySend(new NotFoundMessage(request, reason).Write(buffer));
    }

    private void NoteLimited(RendezvousNode node)
    {
        if (_requestsLimited.Note(out long count))
        {
            RendezvousLogger.RequestsLimited(_logger, node.Name, count);
        }
    }
}
