using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// The suites that can be asked for, as the loaded libssl and the system's security level have them: AEAD with ECDHE, ECDHE_PSK or PSK key exchange. Not CBC (its MAC-then-encrypt
/// has been attacked again and again), not RSA or DH key exchange (RFC 9325 §4.2), nothing anonymous, nothing without encryption.
/// </summary>
internal static unsafe class CipherSuiteTable
{
    private static readonly Lazy<CipherSuiteEntry[]> Entries = new(Read);

    /// <summary>All of them, in libssl's order of preference.</summary>
    internal static IReadOnlyList<CipherSuiteEntry> All => Entries.Value;

    /// <summary>The suite's entry.</summary>
    /// <exception cref="ArgumentException">It is not supported; the message says which are.</exception>
    internal static CipherSuiteEntry Require(TlsCipherSuite suite)
    {
        foreach (CipherSuiteEntry entry in Entries.Value)
        {
            if (entry.Suite == suite)
            {
                return entry;
            }
        }

        throw new ArgumentException(
            $"{nameof(DtlsContextOptions.CipherSuites)} names {suite} (0x{(ushort)suite:X4}), which is not supported: a suite must be one of DTLS 1.2 with an AEAD cipher and ECDHE, "
            + $"ECDHE_PSK or PSK key exchange that libssl and its security level allow. Supported here: {string.Join(", ", Entries.Value.Select(entry => entry.Suite))}.");
    }

    /// <summary>Whether a suite authenticates by a pre-shared key.</summary>
    internal static bool IsPsk(nint cipher) => LibSsl.SSL_CIPHER_get_auth_nid(cipher) == LibSsl.AuthenticationPsk;

    // From a client that could use all there is, so that libssl itself says what the protocol version and the security level leave.
    private static CipherSuiteEntry[] Read()
    {
        Libraries.EnsureLoaded();
        LibCrypto.ERR_clear_error();
        using SafeSslContextHandle context = LibSsl.SSL_CTX_new(LibSsl.DTLS_method());
        _ = LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSetMinProtoVersion, new CLong(LibSsl.Dtls12Version), 0);
        _ = LibSsl.SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL");
        LibSsl.SSL_CTX_set_psk_client_callback(context, &NoKey);
        using SafeSslHandle ssl = LibSsl.SSL_new(context);
        if (ssl.IsInvalid)
        {
            throw new DtlsException("libssl's cipher suites could not be listed: " + OpenSslErrors.Drain());
        }

        LibSsl.SSL_set_connect_state(ssl);
        using SafeCipherStackHandle ciphers = LibSsl.SSL_get1_supported_ciphers(ssl);
        List<CipherSuiteEntry> entries = [];
        for (int i = 0; !ciphers.IsInvalid && i < LibCrypto.OPENSSL_sk_num(ciphers); i++)
        {
            nint cipher = LibCrypto.OPENSSL_sk_value(ciphers, i);
            if (IsAllowed(cipher))
            {
                string name = Marshal.PtrToStringUTF8(LibSsl.SSL_CIPHER_get_name(cipher))!;
                entries.Add(new CipherSuiteEntry((TlsCipherSuite)LibSsl.SSL_CIPHER_get_protocol_id(cipher), name, IsPsk(cipher)));
            }
        }

        return [.. entries];
    }

    private static bool IsAllowed(nint cipher) =>
        LibSsl.SSL_CIPHER_is_aead(cipher) == 1
        && (LibSsl.SSL_CIPHER_get_kx_nid(cipher), LibSsl.SSL_CIPHER_get_auth_nid(cipher)) is
            (LibSsl.KeyExchangeEcdhe, LibSsl.AuthenticationEcdsa or LibSsl.AuthenticationRsa)
            or (LibSsl.KeyExchangeEcdhePsk or LibSsl.KeyExchangePsk, LibSsl.AuthenticationPsk);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint NoKey(nint ssl, byte* hint, byte* identity, uint identitySize, byte* key, uint keySize) => 0;
}
