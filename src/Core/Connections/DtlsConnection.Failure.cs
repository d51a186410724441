using FifoDtls.Interop;

namespace FifoDtls;

// How what libssl says becomes an exception with one meaning.
public sealed unsafe partial class DtlsConnection
{
    private const int ReasonPeerSentNoCertificate = 199; // SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE

    /// <summary>The exception for a failed call into libssl. To be called under the lock, right after it.</summary>
    private Exception FailureOf(int error, string what)
    {
        if (_bio.TransportFailure is { } transport)
        {
            return transport is ObjectDisposedException
                ? TransportEnded()
                : new DtlsException($"{what}: the transport failed: {transport.Message}", transport);
        }

        if (error == LibSsl.ErrorZeroReturn)
        {
            return new DtlsProtocolException($"{what}: the peer closed the association.", DtlsAlert.CloseNotify, DtlsSide.Remote);
        }

        if (_bio.GaveUp)
        {
            return new TimeoutException("The peer did not answer; the handshake was given up after the last retransmission.");
        }

        int firstReason = OpenSslErrors.PeekReason();
        string reasons = OpenSslErrors.Drain();
        int verifyResult = (int)LibSsl.SSL_get_verify_result(_ssl).Value;
        if (_bio.AlertReceived is { } received)
        {
            return new DtlsProtocolException($"{what}: the peer sent the alert {received} ({(int)received}).", received, DtlsSide.Remote);
        }

        if (_verifiesPeer && _state == DtlsConnectionState.Handshaking && verifyResult != 0)
        {
            string text = _bio.Callbacks?.Refusal ?? HandshakeCallbacks.Describe(verifyResult);
            return new DtlsCertificateException($"{what}: the peer's certificate was refused: {text} ({verifyResult}).", verifyResult, _bio.Callbacks?.Failure);
        }

        if (firstReason == ReasonPeerSentNoCertificate)
        {
            return new DtlsCertificateException($"{what}: the peer sent no certificate, and one is required.", 0);
        }

        return _bio.AlertSent is { } sent
            ? new DtlsProtocolException($"{what}: {_bio.Callbacks?.Refusal ?? reasons}; the alert {sent} ({(int)sent}) was sent.", sent, DtlsSide.Local, _bio.Callbacks?.Failure)
            : new DtlsProtocolException($"{what}: {reasons} (SSL_get_error {error}).");
    }

    /// <summary>Why a transport's end ends the operation: disposal or closure here, or the transport's own end.</summary>
    private Exception TransportEnded() =>
        _disposed ? new ObjectDisposedException(GetType().FullName)
        : _state == DtlsConnectionState.ClosedByPeer ? new DtlsClosedException("The peer has closed the association.", DtlsSide.Remote)
        : _state == DtlsConnectionState.ClosedLocally ? new DtlsClosedException("The association has been closed by this side.", DtlsSide.Local)
        : new DtlsClosedException("The transport has been closed.", DtlsSide.Local);

    /// <summary>Makes a failure final; an association that is closed already stays closed.</summary>
    private void Fail(Exception exception)
    {
        lock (_lock)
        {
            if (_state is DtlsConnectionState.Handshaking or DtlsConnectionState.Established)
            {
                _state = DtlsConnectionState.Failed;
                _failure = exception as DtlsException ?? new DtlsException(exception.Message, exception);
            }
        }
    }
}
