using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Control;
using FifoVpn.Links;
using FifoVpn.Node;
using FifoVpn.Pki;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Rendezvous;

/// <summary>
/// A node's association with one rendezvous server, over the node's own socket, in blocking code on a thread of its own: call, register, answer, and after a failure call again.
/// A server that is down costs nothing but its service.
/// </summary>
internal sealed partial class RendezvousClient
{
    private const int StackSize = 256 << 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RegisterInterval = TimeSpan.FromSeconds(1);

    private readonly RendezvousConfig _config;
    private readonly DtlsEndpoint _endpoint;
    private readonly RendezvousEvents _events;
    private readonly TimeSpan _keepalive;
    private readonly TimeSpan _handshakeTimeout;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new(); // a monitor: guards the requests, and is where they and the pause are waited for
    private volatile DtlsPeer? _association;
    private volatile RegisteredMessage? _registered;
    private DtlsSession? _session;

    public RendezvousClient(RendezvousConfig config, DtlsEndpoint endpoint, RendezvousEvents events, TimeSpan keepalive, TimeSpan handshakeTimeout, ILogger logger)
    {
        _config = config;
        _endpoint = endpoint;
        _events = events;
        _keepalive = keepalive;
        _handshakeTimeout = handshakeTimeout;
        _logger = logger;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = $"meet-{config.Name}" };
    }

    public string Name => _config.Name;

    /// <summary>Where the server sees this node; null while not registered.</summary>
    public IPEndPoint? PublicEndPoint => _registered?.PublicEndPoint;

    /// <summary>Whether the server answers requests now.</summary>
    public bool IsRegistered => _registered is not null;

    /// <summary>The largest datagram that can be relayed now; 0 while not registered.</summary>
    public int MaxRelayed => _association?.Negotiated is { } negotiated && IsRegistered ? negotiated.MaxPayloadSize - RelayHeader.Length : 0;

    public void Start() => _thread.Start();

    /// <summary>Ends the association and all waits.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _association?.Close();
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    public bool Join(TimeSpan limit) => !_thread.IsAlive || _thread.Join(limit);

    private void Run()
    {
        TimeSpan pause = FirstPause;
        while (!_stop.IsCancellationRequested)
        {
            pause = RunOnce() ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            lock (_gate)
            {
                if (!_stop.IsCancellationRequested)
                {
                    Monitor.Wait(_gate, pause);
                }
            }
        }

        _session?.Dispose();
    }

    /// <summary>One association from the call to its end.</summary>
    /// <returns>Whether the server has registered this node.</returns>
    private bool RunOnce()
    {
        bool registered = false;
        try
        {
            using DtlsPeer association = Connect();
            Check(association);
            _session?.Dispose();
            _session = association.ExportSession();
            _refusal = null;
            _association = association;
            EndIfRevokedMeanwhile(association);
            string end = Serve(association, ref registered);
            _lastFailure = end;
            MeetingLogger.Lost(_logger, Name, end);
        }
        catch (Exception exception)
            when (exception is DtlsException or TimeoutException or SocketException or ArgumentException or InvalidOperationException or OperationCanceledException)
        {
            if (!_stop.IsCancellationRequested)
            {
                _lastFailure = exception.Message;
                MeetingLogger.NotReached(_logger, Name, _config.Endpoint, exception.Message);
            }
        }
        catch (CryptographicException) when (_stop.IsCancellationRequested)
        {
            // The endpoint's end has freed the certificate while it was looked at.
        }
        finally
        {
            _registered = null;
            _registration = null;
            _association = null;
            FailRequests();
            _events.Lost(this);
        }

        return registered;
    }

    private DtlsPeer Connect()
    {
        IReadOnlyList<IPEndPoint> targets = _config.Endpoint.Resolve(_endpoint.LocalEndPoint);
        for (int i = 0; ; i++)
        {
            try
            {
                return _endpoint.Connect(targets[i], new DtlsConnectOptions { HandshakeTimeout = _handshakeTimeout / targets.Count, Session = _session }, _stop.Token);
            }
            catch (TimeoutException) when (i < targets.Count - 1)
            {
                // No answer at this address; the next one has its share of the time.
            }
        }
    }

    /// <exception cref="DtlsCertificateException">Somebody else answered.</exception>
    private void Check(DtlsPeer association)
    {
        if (association.Negotiated?.PeerCertificate is not { } certificate || !CertificateIdentity.TryRead(certificate, out CertificateIdentity? identity))
        {
            throw new DtlsException("who answered has shown no certificate that names it");
        }

        _certificate = certificate.RawData;
        if (identity.Name != _config.Name)
        {
            throw new DtlsException($"\"{identity.Name}\" answered, who is not this rendezvous server");
        }

        if (!identity.IsRendezvous)
        {
            throw new DtlsException($"the certificate of \"{identity.Name}\" is not that of a rendezvous server: issue it with fifovpn pki issue --rendezvous");
        }
    }

    /// <summary>Registers, and serves until the end.</summary>
    /// <returns>Why it has ended.</returns>
    private string Serve(DtlsPeer association, ref bool registered)
    {
        byte[] buffer = new byte[association.Negotiated!.MaxPayloadSize > 16_384 ? association.Negotiated.MaxPayloadSize : 16_384];
        Span<byte> message = stackalloc byte[ControlMessage.MaxLength];
        TimeSpan keepalive = _keepalive;
        var liveness = new Liveness(keepalive, Environment.TickCount64);
        long nextRegistration = 0;
        while (true)
        {
            long now = Environment.TickCount64;
            if (liveness.IsDead(now))
            {
                return $"nothing came for {2 * keepalive.TotalSeconds:0.###} s";
            }

            if (now >= nextRegistration)
            {
                association.Send(new RegisterMessage(_events.LocalEndPoints()).Write(message));
                nextRegistration = now + (long)(registered ? keepalive : RegisterInterval).TotalMilliseconds; // again from time to time: our addresses may have changed
            }

            if (liveness.TakePing(now))
            {
                association.Send(new EchoMessage((ulong)now).Write(message, ControlType.Ping));
            }

            long wait = Math.Clamp(Math.Min(liveness.Next, nextRegistration) - now, 1, int.MaxValue);
            DtlsReceiveResult received = association.Receive(buffer, TimeSpan.FromMilliseconds(wait));
            if (received.HasData)
            {
                liveness.Alive(Environment.TickCount64);
                if (Handle(association, buffer.AsSpan(0, received.Length)) is { } bye)
                {
                    return bye;
                }

                if (!registered && _registered is { } answer)
                {
                    registered = true;
                    _registration = new Registration(DateTimeOffset.UtcNow);
                    keepalive = answer.Keepalive < _keepalive ? answer.Keepalive : _keepalive;
                    liveness = new Liveness(keepalive, now);
                    nextRegistration = now + (long)keepalive.TotalMilliseconds;
                    MeetingLogger.Registered(_logger, Name, association.RemoteEndPoint, answer.PublicEndPoint, answer.Relays ? "relays" : "does not relay");
                    _events.Registered(this);
                }
            }
            else if (received.Status != DtlsReceiveStatus.TimedOut)
            {
                return received.Status == DtlsReceiveStatus.ClosedByPeer ? "it has closed the association" : _refusal ?? "the association was closed";
            }
        }
    }

    /// <returns>The reason, if the server says goodbye.</returns>
    private string? Handle(DtlsPeer association, Span<byte> message)
    {
        if (!ControlMessage.Is(message))
        {
            return null;
        }

        switch (ControlMessage.TypeOf(message))
        {
            case ControlType.Relay when RelayHeader.TryRead(message, out RelayHeader header):
                _events.Relayed(this, header, message[RelayHeader.Length..]);
                break;
            case ControlType.Ping when EchoMessage.TryRead(message, out EchoMessage echo):
                association.Send(echo.Write(stackalloc byte[EchoMessage.Length], ControlType.Pong));
                break;
            case ControlType.Registered when RegisteredMessage.TryRead(message, out RegisteredMessage? registered):
                _registered = registered;
                break;
            case ControlType.Introduction when IntroductionMessage.TryRead(message, out IntroductionMessage? introduction):
                Introduced(introduction);
                break;
            case ControlType.NotFound when NotFoundMessage.TryRead(message, out NotFoundMessage? notFound):
                Answer(notFound.Request, null, notFound.Reason);
                break;
            case ControlType.RelayClosed when RelayClosedMessage.TryRead(message, out RelayClosedMessage? closed):
                _events.RelayClosed(this, closed.Channel);
                break;
            case ControlType.Bye when ByeMessage.TryRead(message, out ByeMessage? bye):
                return $"it says: {bye.Text}";
        }

        return null;
    }
}
