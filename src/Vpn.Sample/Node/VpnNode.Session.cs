using System.Diagnostics;
using FifoDtls;
using FifoVpn.Control;
using FifoVpn.Links;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Node;

// What the thread of an association does.
internal sealed partial class VpnNode
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(500);

    private void RunIncoming(DtlsPeer association) => RunSession(new DirectLink(association), expected: null);

    /// <summary>Finds out who it is, and serves the association until it ends.</summary>
    /// <param name="expected">Who was called; null: whoever calls.</param>
    private void RunSession(PeerLink link, VpnPeer? expected)
    {
        VpnPeer? peer = Identify(link, expected, out ByeReason reason, out string refusal);
        if (peer is null)
        {
            VpnLogger.Refused(_logger, link.Where, refusal);
            expected?.NoteFailure($"{link.Where}: {refusal}");
            SayBye(link, reason, refusal);
            return; // and the association is closed
        }

        if (link.Role == DtlsRole.Client)
        {
            peer.Keep(link.ExportSession());
        }

        if (!peer.Attach(link))
        {
            return;
        }

        if (WasRevokedMeanwhile(link, out refusal))
        {
            peer.Detach(link);
            VpnLogger.Refused(_logger, link.Where, refusal);
            SayBye(link, ByeReason.Revoked, refusal);
            return;
        }

        string resumed = link.Negotiated.WasResumed ? ", resumed" : "";
        VpnLogger.Connected(_logger, peer.Name, link.Where, link.Role, link.Negotiated.CipherSuite, resumed);
        string end = "it failed";
        try
        {
            end = Serve(link, peer);
        }
        finally
        {
            peer.Detach(link);
            peer.NoteEnd(link, end);
            VpnLogger.Disconnected(_logger, peer.Name, link.Where, end, peer.Counters.DescribeDrops());
        }
    }

    private VpnPeer? Identify(PeerLink link, VpnPeer? expected, out ByeReason reason, out string refusal)
    {
        reason = ByeReason.NotAPeer;
        if (PeerIdentity.Read(link.Negotiated.PeerCertificate, out refusal) is not { } identity)
        {
            return null;
        }

        link.Identity = new ProvedIdentity(identity, link.Negotiated.PeerCertificate!.RawData);
        if (expected is not null && identity.Name != expected.Name)
        {
            refusal = $"\"{expected.Name}\" was called, \"{identity.Name}\" answered";
            return null;
        }

        VpnPeer? peer = _directory.Find(identity.Name) ?? (_options.Discover ? Discover(identity, ref reason, ref refusal) : null);
        if (peer is null)
        {
            refusal = refusal.Length > 0 ? refusal : $"\"{identity.Name}\" is not among the configured peers";
            return null;
        }

        if (peer.IsDiscovered)
        {
            if (!MayBeFound(identity, peer, ref refusal))
            {
                return null;
            }

            Prove(peer, identity);
            return peer;
        }

        return PeerIdentity.MayBe(peer, identity, out refusal) ? peer : null;
    }

    /// <returns>How it ended.</returns>
    private string Serve(PeerLink link, VpnPeer peer)
    {
        using ReceiveBuffer buffer = new();
        using OutgoingPackets? others = _options.Forward ? new() : null;
        long now = Environment.TickCount64;
        var liveness = new Liveness(_options.Keepalive, now);
        var partial = new PartialPacket(Math.Max(_device.Mtu, IcmpError.MaxLengthIPv6));
        var mtu = new PathMtuSearch(VpnNodeOptions.SafePacket, Math.Min(_device.Mtu, link.Negotiated.MaxPayloadSize), ProbeTimeout, _options.Keepalive, _options.PathMtuRaiseInterval, now);
        while (true)
        {
            now = Environment.TickCount64;
            if (Tick(link, peer, liveness, mtu, now, buffer.Bytes) is { } end)
            {
                return end;
            }

            long wait = Math.Clamp(Math.Min(Math.Min(liveness.Next, mtu.Next), Math.Min(NextIdleCheck(peer), peer.Retirement)) - now, 1, int.MaxValue);
            DtlsReceiveResult received = link.ReceiveBatch(buffer.Bytes, buffer.Lengths, out int count, TimeSpan.FromMilliseconds(wait));
            if (received.HasData)
            {
                now = Environment.TickCount64;
                liveness.Alive(now);
                Take(buffer.Bytes[..received.Length], buffer.Lengths[..count], new Session(link, peer, mtu, partial, others), now);
                buffer.Widen();
            }
            else if (received.Status == DtlsReceiveStatus.TimedOut)
            {
                buffer.Narrow();
            }
            else
            {
                return received.Status switch
                {
                    DtlsReceiveStatus.ClosedByPeer => "closed by the peer",
                    DtlsReceiveStatus.TransportClosed => link.IsRelayed ? "the relay is gone" : "replaced by the peer",
                    _ => "closed",
                };
            }
        }
    }

    /// <summary>What the messages of a link have to do with.</summary>
    private readonly record struct Session(PeerLink Link, VpnPeer Peer, PathMtuSearch Mtu, PartialPacket Partial, OutgoingPackets? Others);

    /// <summary>Takes what came together: runs of packets, and control messages between them.</summary>
    private void Take(Span<byte> messages, ReadOnlySpan<int> lengths, in Session session, long now)
    {
        int at = 0;
        int first = 0; // of a run of packets
        int start = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            Span<byte> message = messages.Slice(at, lengths[i]);
            if (ControlMessage.Is(message))
            {
                Deliver(messages[start..at], lengths[first..i], session.Peer, session.Others);
                TakeControl(message, session, now);
                first = i + 1;
                start = at + lengths[i];
            }

            at += lengths[i];
        }

        Deliver(messages[start..at], lengths[first..], session.Peer, session.Others);
    }

    private void TakeControl(Span<byte> message, in Session session, long now)
    {
        if (ControlMessage.TypeOf(message) == ControlType.PacketPart)
        {
            DeliverPart(message, session);
        }
        else if (!Handle(message, session.Link, session.Peer, session.Mtu, now))
        {
            session.Peer.Counters.CountDrop(DropReason.MalformedFromPeer);
        }
    }

    private void DeliverPart(ReadOnlySpan<byte> message, in Session session)
    {
        if (!SplitPacket.TryRead(message, out ushort number, out byte part, out ReadOnlySpan<byte> bytes) || !session.Partial.TryAdd(number, part, bytes, out Span<byte> packet))
        {
            session.Peer.Counters.CountDrop(DropReason.MalformedFromPeer);
        }
        else if (!packet.IsEmpty)
        {
            Deliver(packet, [packet.Length], session.Peer, session.Others);
        }
    }

    /// <summary>What is due by the clock.</summary>
    /// <returns>Why the association ends now, or null.</returns>
    private string? Tick(PeerLink link, VpnPeer peer, Liveness liveness, PathMtuSearch mtu, long now, Span<byte> buffer)
    {
        if (liveness.IsDead(now))
        {
            return $"no sign of life for {2 * _options.Keepalive.TotalSeconds:0.###} s";
        }

        if (peer.Retirement <= now)
        {
            foreach (PeerLink retired in peer.TakeRetired(now))
            {
                SayBye(retired, ByeReason.Replaced, "there is a newer association");
                retired.Close();
            }
        }

        if (NextIdleCheck(peer) <= now && peer.IsCurrent(link))
        {
            SayBye(link, ByeReason.Idle, "no packets");
            return $"no packets for {_options.IdleTimeout!.Value.TotalSeconds:0.###} s";
        }

        int probe = mtu.TakeProbe(now, liveness.LastSign);
        if (probe != 0)
        {
            link.TrySend(MtuProbe.Write(buffer, probe));
        }

        if (liveness.TakePing(now) || (probe != 0 && mtu.IsRepeating))
        {
            link.TrySend(new EchoMessage((ulong)Stopwatch.GetTimestamp()).Write(buffer, ControlType.Ping));
        }

        if (link.MaxPacket != mtu.Current)
        {
            SetMaxPacket(link, peer, mtu.Current);
        }

        return null;
    }

    private void SetMaxPacket(PeerLink link, VpnPeer peer, int size)
    {
        link.MaxPacket = size;
        if (size < _device.Mtu)
        {
            VpnLogger.PathMtu(_logger, peer.Name, link.Where, size);
        }
    }

    private long NextIdleCheck(VpnPeer peer) =>
        _options.IdleTimeout is { } limit && !peer.Config.Persistent ? peer.LastTraffic + (long)limit.TotalMilliseconds : long.MaxValue;

    /// <returns>Whether the message is well-formed, as far as it is known.</returns>
    private bool Handle(ReadOnlySpan<byte> message, PeerLink link, VpnPeer peer, PathMtuSearch mtu, long now)
    {
        switch (ControlMessage.TypeOf(message))
        {
            case ControlType.Ping:
                return EchoMessage.TryRead(message, out EchoMessage ping) && (link.TrySend(ping.Write(stackalloc byte[EchoMessage.Length], ControlType.Pong)) || true);
            case ControlType.Pong:
                if (!EchoMessage.TryRead(message, out EchoMessage pong))
                {
                    return false;
                }

                peer.NotePong(link, pong.Token);
                return true;
            case ControlType.MtuProbe:
                link.TrySend(MtuProbe.WriteAck(stackalloc byte[MtuProbe.AckLength], message.Length));
                return true;
            case ControlType.MtuProbeAck:
                if (!MtuProbe.TryReadAck(message, out int size))
                {
                    return false;
                }

                mtu.Acknowledged(size, now);
                return true;
            case ControlType.Bye:
                if (!ByeMessage.TryRead(message, out ByeMessage? bye))
                {
                    return false;
                }

                NoteBye(bye, link, peer);
                return true;
            default:
                return true; // of a later version
        }
    }

    private void NoteBye(ByeMessage bye, PeerLink link, VpnPeer peer)
    {
        link.Farewell = bye.Text;
        if (bye.Reason is not (ByeReason.Idle or ByeReason.ShuttingDown or ByeReason.Replaced))
        {
            VpnLogger.PeerSaysBye(_logger, peer.Name, link.Where, bye.Text);
        }
    }

    private static void SayBye(PeerLink link, ByeReason reason, string text) =>
        link.TrySend(new ByeMessage(reason, text).Write(stackalloc byte[ControlMessage.MaxLength]));

    private static void SayBye(VpnPeer peer, ByeReason reason, string text)
    {
        if (peer.Link is { } link)
        {
            SayBye(link, reason, text);
        }
    }
}
