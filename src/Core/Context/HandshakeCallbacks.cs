using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// What libssl asks during one connection's handshake: whether the peer's certificate will do. Called under the connection's lock, on
/// the thread of the handshake. Exceptions never cross native code: they are kept for the connection, which reports them.
/// </summary>
internal sealed unsafe partial class HandshakeCallbacks(DtlsContext context, DtlsRole role, string? serverName)
{
    /// <summary>What one of the application's callbacks has thrown.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Why the peer's certificate was refused, where OpenSSL's text does not say it.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>Stands in for <c>X509_verify_cert</c>: 1 accepts. The store context's error becomes the SSL's verify result, and the alert follows from it.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnVerifyCertificate(nint storeContext, void* argument)
    {
        nint ssl = LibCrypto.X509_STORE_CTX_get_ex_data(storeContext, LibSsl.SSL_get_ex_data_X509_STORE_CTX_idx());
        HandshakeCallbacks? self = FifoBio.OfSsl(ssl)?.Callbacks;
        int verdict = LibCrypto.VerifyApplicationRefused;
        try
        {
            verdict = self?.Verify(storeContext) ?? verdict;
        }
        catch (Exception exception)
        {
            self!.Failure = exception;
            self.Refusal = $"its validation failed: {exception.Message}";
        }

        LibCrypto.X509_STORE_CTX_set_error(storeContext, verdict);
        return verdict == LibCrypto.VerifyOk ? 1 : 0;
    }

    /// <returns>The final X509_V_… code.</returns>
    private int Verify(nint storeContext)
    {
        int verdict = VerdictOfOpenSsl(storeContext);
        return context.Options.CertificateValidation is { } validation ? Ask(validation, storeContext, verdict) : verdict;
    }

    // Without trust anchors a pinned certificate is made the only anchor of its own verification, so that all other checks are OpenSSL's own.
    private int VerdictOfOpenSsl(nint storeContext)
    {
        nint leaf = LibCrypto.X509_STORE_CTX_get0_cert(storeContext);
        bool pinning = context.Pins.Count > 0;
        bool pinned = pinning && context.Pins.Contains(Convert.ToHexString(SHA256.HashData(Encode(leaf))));
        bool pinsOnly = pinning && context.Options.TrustAnchors.Count == 0;
        int verdict = pinned && pinsOnly ? VerifyAsAnchor(storeContext, leaf) : VerdictByLists(storeContext);
        if (pinning && !pinned && (pinsOnly || verdict == LibCrypto.VerifyOk))
        {
            Refusal = "it is not one of the pinned certificates";
            return LibCrypto.VerifyCertificateRejected;
        }

        return verdict;
    }

    private static int VerifyAsAnchor(nint storeContext, nint leaf)
    {
        nint anchors = LibCrypto.OPENSSL_sk_new_null();
        try
        {
            if (anchors == 0 || LibCrypto.OPENSSL_sk_push(anchors, leaf) == 0)
            {
                throw new OutOfMemoryException("OpenSSL could not make a stack of certificates.");
            }

            LibCrypto.X509_STORE_CTX_set0_trusted_stack(storeContext, anchors);
            LibCrypto.X509_STORE_CTX_set_flags(storeContext, new CULong(LibCrypto.VerifyFlagPartialChain));
            return Verdict(storeContext);
        }
        finally
        {
            LibCrypto.X509_STORE_CTX_set0_trusted_stack(storeContext, 0);
            LibCrypto.OPENSSL_sk_free(anchors);
        }
    }

    private static int Verdict(nint storeContext)
    {
        bool good = LibCrypto.X509_verify_cert(storeContext) == 1;
        int error = LibCrypto.X509_STORE_CTX_get_error(storeContext);
        return good ? LibCrypto.VerifyOk : error == LibCrypto.VerifyOk ? LibCrypto.VerifyUnspecified : error;
    }

    private int Ask(Func<DtlsCertificateVerdict, bool> validation, nint storeContext, int verdict)
    {
        List<X509Certificate2> chain = [];
        try
        {
            ReadChain(storeContext, chain);
            string description = Refusal ?? Describe(verdict);
            if (validation(new DtlsCertificateVerdict(chain, verdict, description, role, serverName)))
            {
                Refusal = null;
                return LibCrypto.VerifyOk;
            }
        }
        finally
        {
            foreach (X509Certificate2 certificate in chain)
            {
                certificate.Dispose();
            }
        }

        if (verdict == LibCrypto.VerifyOk)
        {
            Refusal = $"{nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.CertificateValidation)} refused it";
            return LibCrypto.VerifyApplicationRefused;
        }

        return verdict;
    }

    /// <summary>OpenSSL's words for an X509_V_… code.</summary>
    internal static string Describe(int verifyResult) =>
        Marshal.PtrToStringUTF8(LibCrypto.X509_verify_cert_error_string(new CLong(verifyResult))) ?? "unknown";

    private static void ReadChain(nint storeContext, List<X509Certificate2> chain)
    {
        nint stack = LibCrypto.X509_STORE_CTX_get0_chain(storeContext);
        int count = stack == 0 ? 0 : LibCrypto.OPENSSL_sk_num(stack);
        for (int i = 0; i < count; i++)
        {
            chain.Add(X509CertificateLoader.LoadCertificate(Encode(LibCrypto.OPENSSL_sk_value(stack, i))));
        }

        if (chain.Count == 0)
        {
            chain.Add(X509CertificateLoader.LoadCertificate(Encode(LibCrypto.X509_STORE_CTX_get0_cert(storeContext))));
        }
    }

    private static byte[] Encode(nint certificate)
    {
        int length = LibCrypto.i2d_X509(certificate, null);
        if (length <= 0)
        {
            throw new DtlsException("OpenSSL could not encode the peer's certificate: " + OpenSslErrors.Drain());
        }

        byte[] der = new byte[length];
        fixed (byte* start = der)
        {
            byte* cursor = start;
            _ = LibCrypto.i2d_X509(certificate, &cursor);
        }

        return der;
    }
}
