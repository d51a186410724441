using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libcrypto 3: <c>stack.h</c>.</summary>
internal static unsafe partial class LibCrypto
{
    [LibraryImport(Libraries.Crypto)]
    internal static partial int OPENSSL_sk_num(SafeCipherStackHandle stack);

    [LibraryImport(Libraries.Crypto)]
    internal static partial nint OPENSSL_sk_value(SafeCipherStackHandle stack, int index);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void OPENSSL_sk_free(nint stack);
}
