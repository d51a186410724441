using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libcrypto 3: the cipher and the MAC of session tickets, <c>evp.h</c>, <c>core.h</c>. libssl owns their contexts.</summary>
internal static unsafe partial class LibCrypto
{
    internal const int AesBlockSize = 16;
    internal const uint ParameterUtf8String = 4; // OSSL_PARAM_UTF8_STRING

    /// <summary>An <c>OSSL_PARAM</c>; one without a key ends a list.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeParameter
    {
        internal byte* Key;
        internal uint Type;
        internal void* Data;
        internal nuint Size;
        internal nuint ReturnSize;
    }

    /// <summary>The algorithm is libcrypto's for ever.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial nint EVP_aes_256_cbc();

    [LibraryImport(Libraries.Crypto)]
    internal static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypts);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int EVP_MAC_init(nint context, byte* key, nuint keyLength, NativeParameter* parameters);
}
