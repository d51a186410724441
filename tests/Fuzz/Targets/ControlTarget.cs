using System.Net;
using FifoVpn.Control;
using FifoVpn.Packets;
using FifoVpn.Rendezvous;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoDtls.Fuzz;

/// <summary>
/// All control messages between nodes and rendezvous servers, and where a node takes relayed datagrams. What is read and written again must be read as the same, and fit into the
/// longest message.
/// </summary>
internal sealed class ControlTarget : FuzzTarget
{
    private const int Channels = 4;
    private const int MaxAcceptedPerChannel = 4;

    private readonly List<byte[]> _corpus = [];
    private readonly byte[] _first = new byte[ControlMessage.MaxLength];
    private readonly byte[] _second = new byte[ControlMessage.MaxLength];
    private readonly byte[] _received = new byte[32_768];
    private readonly RelayedAssociations _associations = new();
    private readonly Queue<(FifoTransport Transport, uint Channel)> _begun = new();

    // It stands for the association with a server, and is never started: only its identity counts.
    private readonly RendezvousClient _client = new(
        new("meet", new("meet.example", 1, null)), null!, null!, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), NullLogger.Instance);

    private delegate ReadOnlySpan<byte> Rewriter(ReadOnlySpan<byte> message, Span<byte> buffer);

    private static readonly (string Name, Rewriter Rewrite)[] Messages =
    [
        ("bye", (message, buffer) => ByeMessage.TryRead(message, out ByeMessage? read) ? read.Write(buffer) : default),
        ("find", (message, buffer) => FindMessage.TryRead(message, out FindMessage? read) ? read.Write(buffer) : default),
        ("introduction", (message, buffer) => IntroductionMessage.TryRead(message, out IntroductionMessage? read) ? read.Write(buffer) : default),
        ("not found", (message, buffer) => NotFoundMessage.TryRead(message, out NotFoundMessage? read) ? read.Write(buffer) : default),
        ("register", (message, buffer) => RegisterMessage.TryRead(message, out RegisterMessage? read) ? read.Write(buffer) : default),
        ("registered", (message, buffer) => RegisteredMessage.TryRead(message, out RegisteredMessage? read) ? read.Write(buffer) : default),
        ("relay closed", (message, buffer) => RelayClosedMessage.TryRead(message, out RelayClosedMessage? read) ? read.Write(buffer) : default),
        ("echo", (message, buffer) => EchoMessage.TryRead(message, out EchoMessage read) ? read.Write(buffer, ControlType.Pong) : default),
        ("probe answer", (message, buffer) => MtuProbe.TryReadAck(message, out int length) ? MtuProbe.WriteAck(buffer, length) : default),
    ];

    internal ControlTarget()
    {
        IPEndPoint four = IPEndPoint.Parse("192.0.2.7:40000");
        IPEndPoint six = IPEndPoint.Parse("[2001:db8::7]:65535");
        IPEndPoint[] many = [four, six, four, six, four, six, four, six];
        byte[] buffer = new byte[ControlMessage.MaxLength];
        _corpus.Add(new ByeMessage(ByeReason.Idle, "nothing was sent").Write(buffer).ToArray());
        _corpus.Add(FindMessage.Of(7, "alpha").Write(buffer).ToArray());
        _corpus.Add(FindMessage.Of(8, VpnAddress.Parse("10.88.0.1")).Write(buffer).ToArray());
        _corpus.Add(FindMessage.Of(9, VpnAddress.Parse("fd88::1")).Write(buffer).ToArray());
        _corpus.Add(new IntroductionMessage(7, "bêta", 3, six, many).Write(buffer).ToArray());
        _corpus.Add(new NotFoundMessage(7, FindFailure.NotRegistered).Write(buffer).ToArray());
        _corpus.Add(new RegisterMessage(many).Write(buffer).ToArray());
        _corpus.Add(new RegisteredMessage(four, true, TimeSpan.FromSeconds(20)).Write(buffer).ToArray());
        _corpus.Add(new RelayClosedMessage(3).Write(buffer).ToArray());
        _corpus.Add(new EchoMessage(0x0123456789ABCDEF).Write(buffer, ControlType.Ping).ToArray());
        _corpus.Add(MtuProbe.Write(buffer, 64).ToArray());
        _corpus.Add(MtuProbe.WriteAck(buffer, 1_400).ToArray());
        for (uint channel = 1; channel <= Channels; channel++)
        {
            _associations.Introduced(_client, channel, $"node-{channel}");
            byte[] relayed = new byte[RelayHeader.Length + 60];
            new RelayHeader(channel, 5, FromInitiator: true).Write(relayed);
            _corpus.Add(relayed);
        }
    }

    internal override IReadOnlyList<byte[]> Corpus => _corpus;

    internal override void Check(ReadOnlySpan<byte> input)
    {
        if (!ControlMessage.Is(input))
        {
            Must.Hold(input.IsEmpty || input[0] >= 0x40, "all else is a packet");
            Count("no control messages");
            return;
        }

        foreach ((string name, Rewriter rewrite) in Messages)
        {
            ReadOnlySpan<byte> once = rewrite(input, _first);
            if (!once.IsEmpty)
            {
                Count(name);
                ReadOnlySpan<byte> twice = rewrite(once, _second);
                Must.Hold(once.SequenceEqual(twice), name + ": what was written is read as the same");
            }
        }

        if (RelayHeader.TryRead(input, out RelayHeader header))
        {
            CheckRelayed(header, input);
        }
    }

    private void CheckRelayed(in RelayHeader header, ReadOnlySpan<byte> input)
    {
        Span<byte> written = _first.AsSpan(0, RelayHeader.Length);
        header.Write(written);
        Must.Hold(written[1..9].SequenceEqual(input[1..9]) && (written[9] != 0) == (input[9] != 0), "a relay header is written as it was read");
        ReadOnlySpan<byte> datagram = input[RelayHeader.Length..];
        FifoTransport? begun = _associations.Dispatch(_client, header, datagram, out string name);
        Must.Hold(begun is null == (name.Length == 0), "a name for what has begun");
        if (begun is null)
        {
            return;
        }

        Count("relayed associations");
        Must.Hold(header.FromInitiator && header.Channel is >= 1 and <= Channels && name == $"node-{header.Channel}", "only an introduced node begins, as initiator");
        Must.Hold(begun.TryReceive(_received, out int length) == DatagramStatus.Ready || datagram.IsEmpty, "its first datagram is there");
        Must.Hold(datagram.IsEmpty || _received.AsSpan(0, length).SequenceEqual(datagram), "as it was sent");
        _begun.Enqueue((begun, header.Channel));
        uint channel = header.Channel;
        Must.Hold(_begun.Count(association => association.Channel == channel) <= MaxAcceptedPerChannel, "no more associations on a channel than allowed");
        if (_begun.Count > 10)
        {
            _associations.Remove(_begun.Dequeue().Transport);
        }
    }

    public override void Dispose() => _associations.Close(_client);
}
