using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libssl 3: cipher suites and groups, <c>ssl.h</c> and <c>obj_mac.h</c>.</summary>
internal static unsafe partial class LibSsl
{
    internal const int CtrlSetGroupsList = 92;

    // NID_kx_* and NID_auth_*
    internal const int KeyExchangeEcdhe = 1038;
    internal const int KeyExchangeEcdhePsk = 1040;
    internal const int KeyExchangePsk = 1043;
    internal const int AuthenticationRsa = 1046;
    internal const int AuthenticationEcdsa = 1047;
    internal const int AuthenticationPsk = 1048;

    [LibraryImport(Libraries.Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_set_cipher_list(SafeSslHandle ssl, string ciphers);

    /// <summary>The stack is the caller's to free, the ciphers are libssl's constants.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial SafeCipherStackHandle SSL_get1_supported_ciphers(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CIPHER_is_aead(nint cipher);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CIPHER_get_kx_nid(nint cipher);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CIPHER_get_auth_nid(nint cipher);
}
