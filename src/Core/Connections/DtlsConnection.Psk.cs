using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    private string? ReadPskIdentity() =>
        CipherSuiteTable.IsPsk(LibSsl.SSL_get_current_cipher(_ssl)) ? Marshal.PtrToStringUTF8(LibSsl.SSL_get_psk_identity(_ssl)) : null;

    /// <summary>The exception for a handshake that a PSK callback has made fail.</summary>
    private DtlsProtocolException PskCallbackFailed(string what, Exception failure) =>
        new($"{what}: the PSK callback failed: {failure.Message}", _bio.AlertSent, _bio.AlertSent is null ? null : DtlsSide.Local, failure);

    /// <summary>
    /// What a handshake that ran out of time says of keys that differ. Records that can't be decrypted are dropped without a word (RFC 6347 §4.1.2.7), the other side's Finished among them: an
    /// alert at the first of them would let anybody end handshakes by forged records. So keys that differ show by silence.
    /// </summary>
    private DtlsProtocolException? PskDisagreement(TimeoutException timeout) =>
        _bio.Psk is { KeyGiven: true }
            ? new DtlsProtocolException(
                $"The handshake failed: no valid Finished came from the peer after the pre-shared key was used; the keys of the two sides probably differ. {timeout.Message}", innerException: timeout)
            : null;
}
