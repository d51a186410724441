using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    /// <summary>
    /// Does the handshake: waits for the peer's flights, sends one's own and repeats them by the timers of the options (1 s, doubled each time up to 60 s; RFC 6347 §4.2.4).
    /// A flight that is lost repeatedly is cut into smaller datagrams, and <see cref="DtlsNegotiated.MaxPayloadSize"/> is then smaller too (§4.1.1.1).
    /// When it returns, the peer has been verified as the context and the options demand.
    /// </summary>
    /// <param name="timeout">The overall deadline; <see cref="Timeout.InfiniteTimeSpan"/> waits until libssl gives up after 12 repetitions.</param>
    /// <param name="cancellationToken">Ends the handshake with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="TimeoutException">The peer did not finish the handshake in time.</exception>
    /// <exception cref="DtlsCertificateException">The peer's certificate was refused.</exception>
    /// <exception cref="DtlsProtocolException">An alert was received, or one was sent; or the time was up after a pre-shared key was used, which is how keys that differ show.</exception>
    /// <exception cref="DtlsClosedException">The connection or its transport was closed by another thread.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">Disposed by another thread.</exception>
    /// <exception cref="InvalidOperationException">The handshake has been begun before.</exception>
    /// <remarks>
    /// <para>A handshake that ends by an exception is final: the association is <see cref="DtlsConnectionState.Failed"/> or closed.</para>
    /// <para>An alert in the clear may be forged: it ends the handshake only when nothing of the handshake follows it for 250 ms, or until the deadline.</para>
    /// </remarks>
    public void Handshake(TimeSpan timeout, CancellationToken cancellationToken = default) => HandshakeUntil(Deadline.After(timeout), timeout, cancellationToken);

    /// <summary>The same with a deadline that has begun before, as long as <paramref name="timeout"/>, which the message names.</summary>
    internal void HandshakeUntil(Deadline deadline, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_state != DtlsConnectionState.New)
            {
                throw new InvalidOperationException($"A handshake is done once; this association is {_state}.");
            }

            _state = DtlsConnectionState.Handshaking;
        }

        bool believed = false;
        try
        {
            while (!Advance(out Deadline next))
            {
                if (deadline.HasPassed)
                {
                    if (BelieveAlert(ref believed))
                    {
                        continue;
                    }

                    throw (Exception?)_firstFailure ?? new TimeoutException($"The handshake was not finished within {timeout.TotalSeconds:0.###} s.");
                }

                DatagramStatus status = _transport.Wait(Deadline.Earlier(deadline, next).Remaining, cancellationToken);
                if (status == DatagramStatus.Closed && !BelieveAlert(ref believed))
                {
                    throw TransportEnded();
                }
            }
        }
        catch (TimeoutException timedOut) when (PskDisagreement(timedOut) is { } disagreement)
        {
            Fail(disagreement);
            throw disagreement;
        }
        catch (Exception exception)
        {
            Fail(exception);
            throw;
        }
    }

    /// <summary>Takes the handshake as far as the datagrams that are there allow.</summary>
    /// <returns>Whether it is done; if not, wait for a datagram, but no longer than until <paramref name="next"/>.</returns>
    private bool Advance(out Deadline next)
    {
        next = Deadline.Never;
        lock (_lock)
        {
            ThrowUnlessHandshaking();
            Retransmit(); // if it is time; libssl would do it too, but only once it has read all that there is
            if (_listening && !Listen())
            {
                return false;
            }

            _bio.BeginCall();
            int result = LibSsl.SSL_do_handshake(_ssl);
            ThrowIfKeyLogFailed();
            if (result == 1)
            {
                _negotiated = ReadNegotiated();
                ForgetUnlessResumable();
                _bio.Established = true;
                _bio.DisbelieveAlert();
                _state = DtlsConnectionState.Established;
                _made = null;
                SendQueued();
                return true;
            }

            int error = LibSsl.SSL_get_error(_ssl, result);
            Exception? failure = error == LibSsl.ErrorWantRead ? null : FailureOf(error, "The handshake failed");
            if (BeginsAnew(failure))
            {
                next = Deadline.After(TimeSpan.Zero);
                return false;
            }

            if (failure is not null)
            {
                throw failure;
            }

            next = Deadline.Earlier(NextRetransmission(), _bio.AlertDue);
            return false;
        }
    }

    // Once: while alerts are forged faster than they are told, there always is another one.
    private bool BelieveAlert(ref bool believed)
    {
        lock (_lock)
        {
            return !believed && (believed = _bio.BelieveAlert());
        }
    }

    // The ClientHello's cookie has been verified before this connection was made; the listener sets libssl to the state
    // after the exchange (message_seq 1, RFC 6347 §4.2.2) and keeps the ClientHello for the handshake proper.
    private bool Listen()
    {
        using SafeBioAddressHandle client = LibCrypto.BIO_ADDR_new();
        _bio.BeginCall();
        int result = LibSsl.DTLSv1_listen(_ssl, client);
        if (result < 0)
        {
            throw FailureOf(LibSsl.SSL_get_error(_ssl, result), "The ClientHello was refused");
        }

        _listening = _bio.KeepsNumbers = result == 0;
        return result > 0;
    }

    private void Retransmit()
    {
        _bio.BeginCall();
        CLong result = LibSsl.SSL_ctrl(_ssl, LibSsl.DtlsCtrlHandleTimeout, new CLong(0), null);
        if (result.Value < 0)
        {
            throw FailureOf(LibSsl.ErrorSyscall, "The handshake failed");
        }
    }

    private Deadline NextRetransmission()
    {
        FifoBio.NativeTimeval left;
        return LibSsl.SSL_ctrl(_ssl, LibSsl.DtlsCtrlGetTimeout, new CLong(0), &left).Value == 1
            ? Deadline.After(TimeSpan.FromSeconds(left.Seconds.Value) + TimeSpan.FromMicroseconds(left.Microseconds.Value))
            : Deadline.Never;
    }

    private void ThrowUnlessHandshaking()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_state != DtlsConnectionState.Handshaking)
        {
            throw TransportEnded();
        }
    }

    private DtlsNegotiated ReadNegotiated()
    {
        var cipher = (TlsCipherSuite)LibSsl.SSL_CIPHER_get_protocol_id(LibSsl.SSL_get_current_cipher(_ssl));
        using SafeX509Handle certificate = LibSsl.SSL_get1_peer_certificate(_ssl);
        PeerCertificateSource? source = certificate.IsInvalid ? null : new PeerCertificateSource(LibCrypto.ToDer(certificate));
        string? subject = certificate.IsInvalid ? null : new X500DistinguishedName(LibCrypto.SubjectToDer(certificate)).Name;
        return new DtlsNegotiated((DtlsVersion)LibSsl.SSL_version(_ssl), cipher, source, subject, SettleMaxPayloadSize())
        {
            PskIdentity = ReadPskIdentity(),
            WasResumed = LibSsl.SSL_session_reused(_ssl) == 1,
            RequestedServerName = ReadRequestedServerName(),
            ApplicationProtocol = ReadApplicationProtocol(),
        };
    }
}
