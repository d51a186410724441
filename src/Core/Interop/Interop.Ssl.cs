using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libssl 3: <c>ssl.h</c>, <c>tls1.h</c>, <c>dtls1.h</c>.</summary>
internal static unsafe partial class LibSsl
{
    internal const int Dtls12Version = 0xFEFD;

    // SSL_ERROR_*
    internal const int ErrorNone = 0;
    internal const int ErrorSsl = 1;
    internal const int ErrorWantRead = 2;
    internal const int ErrorWantWrite = 3;
    internal const int ErrorSyscall = 5;
    internal const int ErrorZeroReturn = 6;

    // SSL_VERIFY_*
    internal const int VerifyNone = 0;
    internal const int VerifyPeer = 1;
    internal const int VerifyFailIfNoPeerCert = 2;

    // SSL_OP_*
    internal const ulong OpNoQueryMtu = 1UL << 12;
    internal const ulong OpNoTicket = 1UL << 14;
    internal const ulong OpNoCompression = 1UL << 17;
    internal const ulong OpCipherServerPreference = 1UL << 22;
    internal const ulong OpNoRenegotiation = 1UL << 30;

    // SSL_CTRL_* and DTLS_CTRL_*
    internal const int CtrlSetMtu = 17;
    internal const int CtrlSetSessionCacheMode = 44;
    internal const int CtrlSetServerName = 55;
    internal const int DtlsCtrlGetTimeout = 73;
    internal const int DtlsCtrlHandleTimeout = 74;
    internal const int CtrlSetVerifyCertStore = 106;
    internal const int CtrlSetMinProtoVersion = 123;

    // SSL_CB_* of the info callback
    internal const int CallbackAlertReceived = 0x4004;
    internal const int CallbackAlertSent = 0x4008;

    internal const int AlertLevelFatal = 2; // SSL3_AL_FATAL

    internal const int ServerNameTypeHost = 0;

    [LibraryImport(Libraries.Ssl)]
    internal static partial int OPENSSL_init_ssl(ulong options, nint settings);

    [LibraryImport(Libraries.Ssl)]
    internal static partial nint DTLS_method();

    [LibraryImport(Libraries.Ssl)]
    internal static partial SafeSslContextHandle SSL_CTX_new(nint method);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Libraries.Ssl)]
    internal static partial CLong SSL_CTX_ctrl(SafeSslContextHandle context, int command, CLong number, nint pointer);

    [LibraryImport(Libraries.Ssl)]
    internal static partial ulong SSL_CTX_set_options(SafeSslContextHandle context, ulong options);

    [LibraryImport(Libraries.Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_cipher_list(SafeSslContextHandle context, string ciphers);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CTX_use_certificate(SafeSslContextHandle context, SafeX509Handle certificate);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CTX_use_PrivateKey(SafeSslContextHandle context, SafePrivateKeyHandle key);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CTX_check_private_key(SafeSslContextHandle context);

    /// <summary>The store stays the context's: valid for as long as the context is.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_CTX_get_cert_store(SafeSslContextHandle context);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CTX_add_client_CA(SafeSslContextHandle context, SafeX509Handle certificate);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_set_cookie_verify_cb(
        SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, byte*, uint, int> callback);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_set_info_callback(
        SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, int, int, void> callback);

    [LibraryImport(Libraries.Ssl)]
    internal static partial SafeSslHandle SSL_new(SafeSslContextHandle context);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_free(nint ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_set_bio(SafeSslHandle ssl, nint readBio, nint writeBio);

    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_get_rbio(nint ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_set_connect_state(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_set_accept_state(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_set_verify(SafeSslHandle ssl, int mode, nint callback);

    [LibraryImport(Libraries.Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_set1_host(SafeSslHandle ssl, string host);

    /// <summary>The parameters stay the SSL's.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_get0_param(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial CLong SSL_ctrl(SafeSslHandle ssl, int command, CLong number, void* pointer);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int DTLSv1_listen(SafeSslHandle ssl, SafeBioAddressHandle client);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_do_handshake(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_read(SafeSslHandle ssl, byte* buffer, int size);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_write(SafeSslHandle ssl, byte* buffer, int size);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_pending(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_shutdown(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_get_error(SafeSslHandle ssl, int result);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_version(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_get_current_cipher(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial ushort SSL_CIPHER_get_protocol_id(nint cipher);

    [LibraryImport(Libraries.Ssl)]
    internal static partial SafeX509Handle SSL_get1_peer_certificate(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial CLong SSL_get_verify_result(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial nuint DTLS_get_data_mtu(SafeSslHandle ssl);
}
