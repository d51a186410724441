using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// Credentials, trust and protocol settings that many associations share: an OpenSSL <c>SSL_CTX</c>. DTLS 1.2 is the minimum;
/// only AEAD ciphers with ECDHE, and PSK where asked for, are offered and accepted; there is no renegotiation and no compression.
/// </summary>
/// <remarks>Thread-safe. Associations keep what they need of it: it may be disposed before them.</remarks>
public sealed unsafe partial class DtlsContext : IDisposable
{
    private const string CipherList = "ECDHE+AESGCM:ECDHE+CHACHA20";

    private readonly DtlsContextOptions _options;

    /// <summary>Makes a context.</summary>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    /// <exception cref="ArgumentException">An option is malformed; the message names it.</exception>
    /// <exception cref="DtlsCredentialException">OpenSSL refuses the certificate, the key or a trust anchor.</exception>
    public DtlsContext(DtlsContextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Libraries.EnsureLoaded();
        _options = options;
        LibCrypto.ERR_clear_error();
        Handle = LibSsl.SSL_CTX_new(LibSsl.DTLS_method());
        if (Handle.IsInvalid)
        {
            throw new DtlsException("An SSL_CTX could not be made: " + OpenSslErrors.Drain());
        }

        try
        {
            SetProtocol();
            SetCredentials();
            SetTrust();
            SetVerification();
            SetRevocation();
            SetNames();
            SetPsk();
            SetCipherSuites();
            SetGroups();
            SetKeyLog();
            SetResumption();
            SetTickets();
        }
        catch
        {
            Handle.Dispose();
            throw;
        }
    }

    internal SafeSslContextHandle Handle { get; }

    /// <summary>Checks that libssl 3 is there and usable, as every context does when it is made.</summary>
    /// <exception cref="DtlsLibraryException">It is not; the message says what to install.</exception>
    public static void EnsureLibraryAvailable() => Libraries.EnsureLoaded();

    /// <summary>
    /// Frees the context once the associations that were made from it are gone. The keys of its session tickets are cleared at once: handshakes that go on are full ones, without a ticket.
    /// </summary>
    public void Dispose()
    {
        _ticketKeys?.Dispose();
        Handle.Dispose();
    }

    /// <summary>Checks that the context says enough for a role.</summary>
    /// <exception cref="InvalidOperationException">It does not; the message names the property to set.</exception>
    internal void RequireUsableFor(DtlsRole role)
    {
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        if (role == DtlsRole.Server && _options.Credentials is null && _options.SelectCredentials is null && !OffersPskSuites(role))
        {
            throw new InvalidOperationException($"A server needs a certificate: set {nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.Credentials)}.");
        }

        RequireCiphers(role);
        RequireRulesAreUsed(role);
        bool verifies = role == DtlsRole.Client ? _options.VerifyServer : _options.ClientCertificates != DtlsClientCertificates.None;
        if (verifies && !CanJudgePeers && OffersCertificateSuites(role))
        {
            string otherwise = role == DtlsRole.Client
                ? $"{nameof(DtlsContextOptions.VerifyServer)} = false to trust any server"
                : $"{nameof(DtlsContextOptions.ClientCertificates)} = {nameof(DtlsClientCertificates.None)} to serve any client";
            throw new InvalidOperationException(
                $"Peers are to be verified, but no authority is trusted: set {nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.TrustAnchors)}, or {otherwise}.");
        }
    }

    /// <summary>The SSL_VERIFY_… mode for a role.</summary>
    internal int VerifyMode(DtlsRole role) => role switch
    {
        DtlsRole.Client => _options.VerifyServer ? LibSsl.VerifyPeer : LibSsl.VerifyNone,
        _ => _options.ClientCertificates switch
        {
            DtlsClientCertificates.Required => LibSsl.VerifyPeer | LibSsl.VerifyFailIfNoPeerCert,
            DtlsClientCertificates.Optional => LibSsl.VerifyPeer,
            _ => LibSsl.VerifyNone,
        },
    };

    /// <summary>Whether its server demands of everybody what its client would: a certificate that is verified by the same rules, and no pre-shared key in the place of one.</summary>
    internal bool DemandsTheSameInBothRoles =>
        _options is { VerifyServer: true, ClientCertificates: DtlsClientCertificates.Required, ClientPsk: null, ServerPsk: null };

    private void SetProtocol()
    {
        _ = LibSsl.SSL_CTX_set_options(
            Handle,
            LibSsl.OpNoQueryMtu | LibSsl.OpNoRenegotiation | LibSsl.OpNoCompression | LibSsl.OpNoTicket | LibSsl.OpCipherServerPreference);
        _ = LibSsl.SSL_CTX_ctrl(Handle, LibSsl.CtrlSetSessionCacheMode, new CLong(0), 0);
        if (LibSsl.SSL_CTX_ctrl(Handle, LibSsl.CtrlSetMinProtoVersion, new CLong(LibSsl.Dtls12Version), 0).Value != 1
            || LibSsl.SSL_CTX_set_cipher_list(Handle, CipherList) != 1)
        {
            throw new DtlsException("This libssl does not offer DTLS 1.2 with ECDHE and AEAD ciphers: " + OpenSslErrors.Drain());
        }

        LibSsl.SSL_CTX_set_cookie_verify_cb(Handle, &OnVerifyCookie);
        LibSsl.SSL_CTX_set_info_callback(Handle, &FifoBio.OnInfo);
    }

    private void SetCredentials()
    {
        if (_options.Credentials is not { } credentials)
        {
            return;
        }

        ObjectDisposedException.ThrowIf(credentials.Key.IsClosed, credentials);
        bool ok = LibSsl.SSL_CTX_use_certificate(Handle, credentials.Certificate) == 1
            && LibSsl.SSL_CTX_use_PrivateKey(Handle, credentials.Key) == 1;
        foreach (SafeX509Handle intermediate in credentials.Intermediates)
        {
            ok = ok && AddChainCertificate(intermediate);
        }

        if (!ok || LibSsl.SSL_CTX_check_private_key(Handle) != 1)
        {
            throw new DtlsCredentialException("OpenSSL refuses the certificate or its key: " + OpenSslErrors.Drain());
        }
    }

    // To this certificate's own chain; the context's extra chain would be sent with those that SelectCredentials chooses, too.
    private bool AddChainCertificate(SafeX509Handle intermediate) =>
        LibSsl.SSL_CTX_ctrl(Handle, LibSsl.CtrlChainCert, new CLong(LibSsl.ChainCertAddReference), intermediate).Value == 1;

    private void SetTrust()
    {
        nint store = LibSsl.SSL_CTX_get_cert_store(Handle);
        foreach (X509Certificate2 anchor in _options.TrustAnchors)
        {
            using SafeX509Handle certificate = DtlsCredentials.ToNative(anchor);
            if (LibCrypto.X509_STORE_add_cert(store, certificate) != 1 || LibSsl.SSL_CTX_add_client_CA(Handle, certificate) != 1)
            {
                throw new DtlsCredentialException($"OpenSSL refuses the trust anchor \"{anchor.Subject}\": {OpenSslErrors.Drain()}");
            }
        }
    }

    // Asked only for a ClientHello that the caller of DtlsConnectionOptions.CookieVerified has already checked.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnVerifyCookie(nint ssl, byte* cookie, uint length) => 1;
}
