using System.Diagnostics;
using System.Net;
using FifoDtls;

namespace FifoVpn.Links;

/// <summary>
/// One established association with a peer, whichever way its datagrams go. One thread runs the session and receives; any thread sends and closes.
/// </summary>
internal abstract class PeerLink
{
    private int _maxPacket;
    private long _roundTripTicks;

    protected PeerLink(DtlsNegotiated negotiated)
    {
        Negotiated = negotiated;
        _maxPacket = negotiated.MaxPayloadSize;
    }

    public DtlsNegotiated Negotiated { get; }

    /// <summary>Who the peer has proved to be; null before that was looked at. Unlike the certificate in <see cref="Negotiated"/> it does not go with the association.</summary>
    public ProvedIdentity? Identity { get; set; }

    /// <summary>What the peer has said before it went, or null.</summary>
    public string? Farewell { get; set; }

    /// <summary>When the handshake was done.</summary>
    public DateTimeOffset EstablishedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>The part of this side in the handshake.</summary>
    public abstract DtlsRole Role { get; }

    /// <summary>The peer's address, or null when a rendezvous server relays.</summary>
    public abstract IPEndPoint? RemoteEndPoint { get; }

    public bool IsRelayed => RemoteEndPoint is null;

    /// <summary>The rendezvous server that relays, or null.</summary>
    public virtual string? Relay => null;

    /// <summary>Where the peer is, for a person: its address, or who relays.</summary>
    public abstract string Where { get; }

    public abstract DtlsConnectionStatistics Statistics { get; }

    /// <summary>The largest packet that is known, or still hoped, to get through in one datagram.</summary>
    public int MaxPacket
    {
        get => Volatile.Read(ref _maxPacket);
        set => Volatile.Write(ref _maxPacket, value);
    }

    /// <summary>The last round trip of a ping, or null before there was one.</summary>
    public TimeSpan? RoundTrip
    {
        get => Volatile.Read(ref _roundTripTicks) is > 0 and long ticks ? Stopwatch.GetElapsedTime(0, ticks) : null;
    }

    public void NoteRoundTrip(long timestampTicks) => Volatile.Write(ref _roundTripTicks, Math.Max(1, timestampTicks));

    /// <summary>Sends one payload: an IP packet or a control message.</summary>
    /// <exception cref="DtlsException">The association has ended.</exception>
    /// <exception cref="ObjectDisposedException">The association has ended.</exception>
    /// <exception cref="InvalidOperationException">The association has ended.</exception>
    /// <exception cref="ArgumentException">The payload is larger than <see cref="DtlsNegotiated.MaxPayloadSize"/>.</exception>
    public abstract void Send(ReadOnlySpan<byte> payload);

    /// <summary>Sends if that can still be done; what can't be sent is lost like any datagram.</summary>
    /// <returns>Whether it went out.</returns>
    public bool TrySend(ReadOnlySpan<byte> payload)
    {
        try
        {
            Send(payload);
            return true;
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            return false;
        }
    }

    /// <summary>Sends payloads, back to back, together; throws what <see cref="Send"/> throws.</summary>
    public abstract void SendBatch(ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths);

    /// <summary>Sends payloads together if that can still be done; what can't be sent is lost like any datagram.</summary>
    /// <returns>Whether they went out.</returns>
    public bool TrySend(ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths)
    {
        try
        {
            SendBatch(payloads, lengths);
            return true;
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            return false;
        }
    }

    /// <summary>Waits for a payload and takes those that have come with it. See <see cref="DtlsConnection.ReceiveBatch"/>.</summary>
    /// <exception cref="DtlsException">The association has failed.</exception>
    public abstract DtlsReceiveResult ReceiveBatch(Span<byte> buffer, Span<int> lengths, out int count, TimeSpan timeout);

    /// <summary>The session for a later resumption, or null.</summary>
    public abstract DtlsSession? ExportSession();

    /// <summary>Sends a close_notify and ends the session. Safe to repeat.</summary>
    public abstract void Close();

    public override string ToString() => Where;

    // It has ended just now, and its own thread says why; or its datagrams have become smaller.
    private static bool IsEnd(Exception exception) => exception is DtlsException or ObjectDisposedException or InvalidOperationException or ArgumentException;
}
