using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FifoDtls.Interop;

namespace FifoDtls;

// Session resumption: what a client takes along, and offers when it comes back.
public sealed unsafe partial class DtlsConnection
{
    private readonly byte[] _resumptionBinding;
    private readonly string? _serverName;
    private long _offeredFrom = long.MaxValue;

    /// <summary>Client role: the session, to be offered later by <see cref="DtlsConnectionOptions.Session"/>. It holds secrets: the caller's to dispose.</summary>
    /// <returns>
    /// <see langword="null"/> when there is none to resume: no <see cref="DtlsContextOptions.Resumption"/> here or at the server, or no extended master secret.
    /// </returns>
    /// <exception cref="InvalidOperationException">The association is not established, or this is the server.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    public DtlsSession? ExportSession()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (Role != DtlsRole.Client || _state != DtlsConnectionState.Established)
            {
                throw new InvalidOperationException("A session is a client's, to be taken while the association is established.");
            }

            using SafeSessionHandle session = LibSsl.SSL_get1_session(_ssl);
            return _resumptionBinding.Length == 0 || session.IsInvalid || LibSsl.SSL_SESSION_is_resumable(session) != 1 || !HasExtendedMasterSecret()
                ? null
                : DtlsSession.Of(session, _resumptionBinding, _serverName, _negotiated!.WasResumed ? _offeredFrom : long.MaxValue);
        }
    }

    // Who has called but then plays the server verifies the peer by what the caller asked for. That may be what the server asks of everybody; else a session was verified by other rules.
    private static bool VerifiesByOtherRules(DtlsContext context, DtlsConnectionOptions options) =>
        options.AskedBy is { } asking && !(asking == context && options.ServerName is null && context.DemandsTheSameInBothRoles);

    private void NeverResume()
    {
        byte* nobodyElses = stackalloc byte[SHA256.HashSizeInBytes];
        RandomNumberGenerator.Fill(new Span<byte>(nobodyElses, SHA256.HashSizeInBytes));
        if (LibSsl.SSL_set_session_id_context(_ssl, nobodyElses, SHA256.HashSizeInBytes) != 1)
        {
            throw new DtlsException("The session id context could not be set: " + OpenSslErrors.Drain());
        }
    }

    private void OfferSession(DtlsContext context, DtlsConnectionOptions options)
    {
        if (options.Session is not { } session)
        {
            return;
        }

        if (context.Resumption is not { } resumption)
        {
            throw new ArgumentException(
                $"To resume a session, set {nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.Resumption)}.", nameof(options));
        }

        if (!session.IsGoodFor(context.ResumptionBinding, options.AsciiServerName, resumption.Lifetime))
        {
            return;
        }

        _offeredFrom = session.FullHandshakeAt;
        using SafeSessionHandle native = session.ToNative();
        if (LibSsl.SSL_set_session(_ssl, native) != 1)
        {
            throw new DtlsException("libssl refuses the session: " + OpenSslErrors.Drain());
        }
    }

    // A session without extended master secret could be resumed with another server's keys (RFC 7627 §1); libssl would keep it.
    private void ForgetUnlessResumable()
    {
        if (Role == DtlsRole.Server && _resumptionBinding.Length > 0 && !HasExtendedMasterSecret())
        {
            using SafeSessionHandle session = LibSsl.SSL_get1_session(_ssl);
            _ = LibSsl.SSL_CTX_remove_session(LibSsl.SSL_get_SSL_CTX(_ssl), session);
        }
    }

    private bool HasExtendedMasterSecret() => LibSsl.SSL_ctrl(_ssl, LibSsl.CtrlGetExtendedMasterSecret, new CLong(0), null).Value == 1;
}
