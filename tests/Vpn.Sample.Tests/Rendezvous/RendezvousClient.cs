using System.Net;
using FifoDtls;
using FifoVpn.Control;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>A node as the rendezvous server sees it: a DTLS endpoint of its own, and messages. For one thread.</summary>
internal sealed class RendezvousClient : IDisposable
{
    /// <summary>More than anything here takes; only a hang reaches it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly DtlsEndpoint _endpoint;
    private readonly byte[] _buffer = new byte[16_384];
    private ulong _token;
    private uint _request;

    public RendezvousClient(string name, DtlsContext context, IPEndPoint server)
    {
        Name = name;
        _endpoint = new DtlsEndpoint(new DtlsEndpointOptions
        {
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            ClientContext = context,
            HandshakeTimeout = Limit,
            MaxDatagramSize = 4_000,
            MaxReceiveSize = 4_096,
            FifoCapacity = 4_096,
            MaxParkedThreads = 0,
        });
        try
        {
            Peer = _endpoint.Connect(server);
        }
        catch
        {
            _endpoint.Dispose();
            throw;
        }
    }

    public string Name { get; }

    public DtlsPeer Peer { get; }

    public IPEndPoint OutsideEndPoint => _endpoint.LocalEndPoint;

    public void Send(ReadOnlySpan<byte> message) => Peer.Send(message);

    public RegisteredMessage Register(params IPEndPoint[] local)
    {
        Send(new RegisterMessage(local).Write(new byte[ControlMessage.MaxLength]));
        Assert.That(RegisteredMessage.TryRead(Next(ControlType.Registered), out RegisteredMessage? registered), Is.True);
        return registered!;
    }

    public uint Find(string name)
    {
        Send(FindMessage.Of(++_request, name).Write(new byte[ControlMessage.MaxLength]));
        return _request;
    }

    public uint Find(VpnAddress address)
    {
        Send(FindMessage.Of(++_request, address).Write(new byte[ControlMessage.MaxLength]));
        return _request;
    }

    public void SendRelay(uint channel, uint association, bool fromInitiator, ReadOnlySpan<byte> datagram)
    {
        byte[] message = new byte[RelayHeader.Length + datagram.Length];
        new RelayHeader(channel, association, fromInitiator).Write(message);
        datagram.CopyTo(message.AsSpan(RelayHeader.Length));
        Send(message);
    }

    /// <summary>The next message, which has to be of that type.</summary>
    public byte[] Next(ControlType type)
    {
        byte[] message = Next();
        Assert.That(ControlMessage.TypeOf(message), Is.EqualTo(type), $"the next message at {Name}");
        return message;
    }

    public byte[] Next()
    {
        DtlsReceiveResult received = Peer.Receive(_buffer, Limit);
        Assert.That(received.Status, Is.EqualTo(DtlsReceiveStatus.Data), $"a message arrives at {Name}");
        return _buffer[..received.Length];
    }

    /// <returns>Whether a message has come in time.</returns>
    public bool TryNext(TimeSpan timeout, out byte[] message)
    {
        DtlsReceiveResult received = Peer.Receive(_buffer, timeout);
        Assert.That(received.Status, Is.EqualTo(DtlsReceiveStatus.Data).Or.EqualTo(DtlsReceiveStatus.TimedOut), $"a message arrives at {Name}");
        message = _buffer[..received.Length];
        return received.HasData;
    }

    public IntroductionMessage NextIntroduction()
    {
        Assert.That(IntroductionMessage.TryRead(Next(ControlType.Introduction), out IntroductionMessage? introduction), Is.True);
        return introduction!;
    }

    public NotFoundMessage NextNotFound()
    {
        Assert.That(NotFoundMessage.TryRead(Next(ControlType.NotFound), out NotFoundMessage? notFound), Is.True);
        return notFound!;
    }

    public uint NextRelayClosed()
    {
        Assert.That(RelayClosedMessage.TryRead(Next(ControlType.RelayClosed), out RelayClosedMessage? closed), Is.True);
        return closed!.Channel;
    }

    public (RelayHeader Header, byte[] Datagram) NextRelayed()
    {
        byte[] message = Next(ControlType.Relay);
        Assert.That(RelayHeader.TryRead(message, out RelayHeader header), Is.True);
        return (header, message[RelayHeader.Length..]);
    }

    /// <summary>The server says good-bye and closes.</summary>
    public ByeReason AwaitBye()
    {
        Assert.That(ByeMessage.TryRead(Next(ControlType.Bye), out ByeMessage? bye), Is.True);
        AwaitClose();
        return bye!.Reason;
    }

    public void AwaitClose() => Assert.That(Peer.Receive(_buffer, Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer), $"{Name} is told that it is over");

    /// <summary>The server closes; messages of that type may come before.</summary>
    public void AwaitCloseAfter(ControlType type)
    {
        DtlsReceiveResult received;
        while ((received = Peer.Receive(_buffer, Limit)).HasData)
        {
            Assert.That(ControlMessage.TypeOf(_buffer), Is.EqualTo(type));
        }

        Assert.That(received.Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer), $"{Name} is told that it is over");
    }

    /// <summary>The server has dealt with all that this node has sent, and everything that the server had sent here by then has been received: it must be nothing.</summary>
    public void AssertNothingElse()
    {
        ulong token = Ping();
        Assert.That(EchoMessage.TryRead(Next(ControlType.Pong), out EchoMessage echo), Is.True);
        Assert.That(echo.Token, Is.EqualTo(token));
    }

    /// <summary>The same, but what has come before is given back.</summary>
    public List<byte[]> Drain()
    {
        ulong token = Ping();
        List<byte[]> messages = [];
        while (true)
        {
            byte[] message = Next();
            if (ControlMessage.TypeOf(message) == ControlType.Pong && EchoMessage.TryRead(message, out EchoMessage echo) && echo.Token == token)
            {
                return messages;
            }

            messages.Add(message);
        }
    }

    public void Dispose() => _endpoint.Dispose();

    private ulong Ping()
    {
        Send(new EchoMessage(++_token).Write(new byte[EchoMessage.Length], ControlType.Ping));
        return _token;
    }
}
