using FifoVpn.Links;

namespace FifoVpn.Node;

// What the peer is at, for those who watch.
internal sealed partial class VpnPeer
{
    private bool _isCalling; // this and all below are guarded by the gate
    private DateTimeOffset? _connectedSince;
    private DateTimeOffset? _lastHandshake;
    private string? _lastFailure;
    private DateTimeOffset? _lastFailureAt;

    public PeerActivity Activity
    {
        get
        {
            int queued = _queue?.QueuedBytes ?? 0;
            lock (_gate)
            {
                return new PeerActivity(_link, _isCalling, _connectedSince, _lastHandshake, _lastFailure, _lastFailureAt, _pending.Count, queued);
            }
        }
    }

    /// <summary>Runs a call and notes why it failed.</summary>
    /// <returns>What the call returns: why it failed; null if it did not, nothing if there is nothing to tell.</returns>
    public string? NoteCall(Func<string?> call)
    {
        SetCalling(true);
        try
        {
            string? failure = call();
            if (!string.IsNullOrEmpty(failure))
            {
                NoteFailure(failure);
            }

            return failure;
        }
        finally
        {
            SetCalling(false);
        }
    }

    /// <summary>Why there is no link.</summary>
    public void NoteFailure(string reason)
    {
        lock (_gate)
        {
            _lastFailure = reason;
            _lastFailureAt = DateTimeOffset.UtcNow;
        }
    }

    /// <summary>A link has ended; that is worth a word unless another one has taken its place.</summary>
    public void NoteEnd(PeerLink link, string reason)
    {
        if (_link is null)
        {
            NoteFailure($"{link.Where}: {reason}{(link.Farewell is { } farewell ? $": {farewell}" : "")}");
        }
    }

    private void SetCalling(bool calling)
    {
        lock (_gate)
        {
            _isCalling = calling;
        }
    }

    /// <summary>A link has come; under the gate.</summary>
    private void NoteAttached(PeerLink link)
    {
        _lastHandshake = link.EstablishedAt;
        _connectedSince ??= link.EstablishedAt;
    }

    /// <summary>A link has gone; under the gate.</summary>
    private void NoteDetached()
    {
        if (_link is null)
        {
            _connectedSince = null;
        }
    }
}
