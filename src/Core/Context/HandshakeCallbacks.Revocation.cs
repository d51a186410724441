using System.Security.Cryptography.X509Certificates;
using FifoDtls.Interop;

namespace FifoDtls;

// The revocation lists that hold now, in a handshake and outside of one.
internal sealed unsafe partial class HandshakeCallbacks
{
    /// <summary>All that OpenSSL and the pins say of a certificate; the application is not asked.</summary>
    internal DtlsCertificateVerdict Judge(SafeStoreContextHandle verification)
    {
        nint storeContext = verification.DangerousGetHandle();
        int verdict = VerdictOfOpenSsl(storeContext);
        List<X509Certificate2> chain = [];
        ReadChain(storeContext, chain);
        GC.KeepAlive(verification);
        return new DtlsCertificateVerdict(chain, verdict, Refusal ?? Describe(verdict), role, serverName);
    }

    private int VerdictByLists(nint storeContext)
    {
        if (context.RevocationLists is not { } lists)
        {
            return Verdict(storeContext);
        }

        LibCrypto.X509_STORE_CTX_set0_crls(storeContext, lists.Native.DangerousGetHandle());
        try
        {
            return Verdict(storeContext);
        }
        finally
        {
            LibCrypto.X509_STORE_CTX_set0_crls(storeContext, 0);
            GC.KeepAlive(lists.Native);
        }
    }
}
