using System.Security.Cryptography.X509Certificates;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsContext
{
    /// <summary>
    /// Verifies a peer's certificate outside a handshake, as a handshake that begins now would: chain, validity, purpose, revocation and pins, but not the name, and without asking
    /// <see cref="DtlsContextOptions.CertificateValidation"/>. So it can be learnt of an association
    /// whether its peer would still be accepted, some time after the handshake or when the revocation lists have changed.
    /// </summary>
    /// <param name="certificate">The peer's own certificate, like <see cref="DtlsNegotiated.PeerCertificate"/>.</param>
    /// <param name="role">The role of this side, like <see cref="DtlsConnection.Role"/>: the client verifies a server's certificate, the server a client's.</param>
    /// <param name="intermediates">The certificates between it and a trust anchor, which a peer sends in its handshake; they are not kept by the association.</param>
    /// <returns>What was found; its chain is the caller's, made for this call.</returns>
    /// <remarks>Thread-safe; touches no association. Costs one or two verifications of a signature for each certificate of the chain, and no input or output.</remarks>
    /// <exception cref="DtlsCredentialException">OpenSSL can't read a certificate.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    public DtlsCertificateVerdict Verify(X509Certificate2 certificate, DtlsRole role, params ReadOnlySpan<X509Certificate2> intermediates)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        bool held = false;
        nint untrusted = 0;
        var natives = new SafeX509Handle[intermediates.Length];
        try
        {
            Handle.DangerousAddRef(ref held); // the store lives as long as the context
            untrusted = LibCrypto.OPENSSL_sk_new_null();
            for (int i = 0; i < natives.Length; i++)
            {
                natives[i] = DtlsCredentials.ToNative(intermediates[i]);
                RequireMemory(LibCrypto.OPENSSL_sk_push(untrusted, natives[i]) != 0);
            }

            using SafeX509Handle leaf = DtlsCredentials.ToNative(certificate);
            using SafeStoreContextHandle verification = LibCrypto.X509_STORE_CTX_new();
            RequireMemory(!verification.IsInvalid && LibCrypto.X509_STORE_CTX_init(verification, LibSsl.SSL_CTX_get_cert_store(Handle), leaf, untrusted) == 1);

            // The same as libssl sets for a handshake.
            RequireMemory(LibCrypto.X509_STORE_CTX_set_default(verification, role == DtlsRole.Client ? "ssl_server" : "ssl_client") == 1);
            LibCrypto.X509_VERIFY_PARAM_set_auth_level(LibCrypto.X509_STORE_CTX_get0_param(verification), LibSsl.SSL_CTX_get_security_level(Handle));
            return new HandshakeCallbacks(this, role, serverName: null).Judge(verification);
        }
        finally
        {
            LibCrypto.OPENSSL_sk_free(untrusted);
            foreach (SafeX509Handle? native in natives)
            {
                native?.Dispose();
            }

            if (held)
            {
                Handle.DangerousRelease();
            }
        }
    }

    private static void RequireMemory(bool done)
    {
        if (!done)
        {
            throw new DtlsException("OpenSSL could not prepare the verification of a certificate: " + OpenSslErrors.Drain());
        }
    }
}
