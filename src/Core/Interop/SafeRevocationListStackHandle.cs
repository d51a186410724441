using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace FifoDtls.Interop;

/// <summary>A <c>STACK_OF(X509_CRL)</c> with references of its own.</summary>
internal sealed class SafeRevocationListStackHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>Makes a stack of these lists, which stay the caller's.</summary>
    internal static SafeRevocationListStackHandle Of(IReadOnlyCollection<SafeRevocationListHandle> lists)
    {
        SafeRevocationListStackHandle stack = LibCrypto.OPENSSL_sk_new_null_of_lists();
        foreach (SafeRevocationListHandle list in lists)
        {
            if (stack.IsInvalid || LibCrypto.OPENSSL_sk_push(stack, list) == 0)
            {
                stack.Dispose();
                throw new OutOfMemoryException("OpenSSL could not make a stack of revocation lists.");
            }

            int referenced = LibCrypto.X509_CRL_up_ref(list);
            Debug.Assert(referenced == 1);
        }

        return stack;
    }

    protected override bool ReleaseHandle()
    {
        int count = LibCrypto.OPENSSL_sk_num(handle);
        for (int i = 0; i < count; i++)
        {
            LibCrypto.X509_CRL_free(LibCrypto.OPENSSL_sk_value(handle, i));
        }

        LibCrypto.OPENSSL_sk_free(handle);
        return true;
    }
}
