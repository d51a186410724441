using FifoDtls.Interop;

namespace FifoDtls;

// A client that begins at the address of an attempt that was given up a moment ago may get what the server has sent for that one: a cookie that is not its own, or a flight that covers another random, which a wrong signature
// tells, or, if there is none, that libssl takes nothing more. All end libssl's attempt, and none says anything about the server. So the client begins anew, within the same deadline.
public sealed unsafe partial class DtlsConnection
{
    // Each is caused by the server's answer; a server that never takes its own cookies must not be asked for ever.
    private const int MaxFreshStarts = 3;

    private (DtlsContext Context, DtlsConnectionOptions Options)? _made; // what a client is made of, until it is established
    private int _freshStarts;
    private DtlsException? _firstFailure;

    /// <summary>Begins the handshake anew if it ended by what may have been meant for another attempt.</summary>
    /// <returns>Whether it did; then it goes on at once.</returns>
    private bool BeginsAnew(Exception? failure)
    {
        // Without cookies the server keeps the first ClientHello, and has no use for another one.
        bool bySignature = failure is DtlsProtocolException { Alert: DtlsAlert.DecryptError, AlertSender: DtlsSide.Local } && _bio.HasCookie;
        if (Role != DtlsRole.Client || !(bySignature || (failure is null && (_bio.CookieRefused || _bio.HasTakenOther))) || _freshStarts == MaxFreshStarts)
        {
            return false;
        }

        _firstFailure ??= failure as DtlsException;
        _freshStarts++;
        (DtlsContext context, DtlsConnectionOptions options) = _made!.Value;
        SafeSslHandle given = _ssl;
        _ssl = MakeSsl(context);
        given.Dispose();
        Configure(context, options, context.VerifyMode(Role), demanding: null);
        _bio.BeginAnew();
        return true;
    }
}
