using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FifoDtls;

namespace FifoVpn.Node;

/// <summary>One way to a peer that is tried, in blocking code on a thread of its own: the handshake and, if it succeeds, the session.</summary>
internal sealed class CallAttempt
{
    private const int StackSize = 256 << 10;

    private readonly VpnPeer _peer;
    private readonly Action<CallAttempt, CancellationToken> _work;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Thread _thread;
    private volatile bool _established;
    private volatile bool _ended;
    private volatile bool _peerExists;

    /// <param name="target">Where to, for a person.</param>
    /// <param name="work">Handshake and session; it calls <see cref="Established"/> between the two.</param>
    public CallAttempt(VpnPeer peer, string target, Action<CallAttempt, CancellationToken> work)
    {
        _peer = peer;
        _work = work;
        Target = target;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = $"link-{peer.Name}" };
        _thread.Start();
    }

    public string Target { get; }

    /// <summary>The address that is called; null through a rendezvous server.</summary>
    public IPEndPoint? Place { get; init; }

    /// <summary>Whether there will be no session any more.</summary>
    public bool HasEnded => _ended;

    /// <summary>Whether it has ended at once because there is an association with that address already: the peer is calling from there, or its last association is just ending.</summary>
    public bool PeerExists => _peerExists;

    /// <summary>Why there was no session, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>The handshake is done: <see cref="GiveUp"/> comes too late.</summary>
    public void Established() => _established = true;

    /// <summary>Ends a handshake in progress.</summary>
    public void GiveUp()
    {
        if (!_established)
        {
            _cancellation.Cancel();
        }
    }

    public bool Join(TimeSpan limit) => _thread.Join(limit);

    private void Run()
    {
        try
        {
            _work(this, _cancellation.Token);
        }
        catch (OperationCanceledException)
        {
            // Given up: another way was faster.
        }
        catch (DtlsPeerExistsException)
        {
            _peerExists = true; // no failure
        }
        catch (Exception exception) when (exception is DtlsException or TimeoutException or SocketException or ArgumentException or InvalidOperationException)
        {
            Failure = exception.Message; // of the handshake; or, as with the next, of a session that the node's end has cut off
        }
        catch (CryptographicException exception)
        {
            Failure = exception.Message; // the end of the association has freed the peer's certificate while the session looked at it
        }
        finally
        {
            _ended = true;
            _peer.AttemptEnded();
        }
    }
}
