using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libssl 3: session tickets (RFC 5077) and what a ClientHello says, <c>ssl.h</c>, <c>tls1.h</c>.</summary>
internal static unsafe partial class LibSsl
{
    internal const ulong OpNoExtendedMasterSecret = 1UL << 0;
    internal const uint ExtensionExtendedMasterSecret = 23;
    internal const int ClientHelloSuccess = 1;

    // What a ticket key callback answers.
    internal const int TicketFailed = -1; // ends the handshake
    internal const int TicketNone = 0;
    internal const int TicketGood = 1;
    internal const int TicketRenew = 2;

    /// <summary>The callback gets the SSL, the key's name (16 bytes), the IV (16), the EVP_CIPHER_CTX, the EVP_MAC_CTX, and whether a ticket is made.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CTX_set_tlsext_ticket_key_evp_cb(
        SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint, nint, int, int> callback);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_set_client_hello_cb(
        SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, int*, void*, int> callback, void* argument);

    /// <summary>Within a ClientHello callback only. The content stays the SSL's.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_client_hello_get0_ext(nint ssl, uint type, byte** content, nuint* length);

    [LibraryImport(Libraries.Ssl)]
    internal static partial ulong SSL_get_options(nint ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial ulong SSL_set_options(nint ssl, ulong options);

    [LibraryImport(Libraries.Ssl)]
    internal static partial ulong SSL_clear_options(SafeSslHandle ssl, ulong options);

    /// <summary>The session stays the SSL's.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_get_session(nint ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int i2d_SSL_SESSION(nint session, byte** cursor);
}
