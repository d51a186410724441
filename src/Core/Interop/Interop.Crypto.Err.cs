using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libcrypto 3: <c>err.h</c>. The queue belongs to the calling thread.</summary>
internal static partial class LibCrypto
{
    [LibraryImport(Libraries.Crypto)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Libraries.Crypto)]
    internal static partial CULong ERR_get_error();

    [LibraryImport(Libraries.Crypto)]
    internal static partial CULong ERR_peek_error();

    [LibraryImport(Libraries.Crypto)]
    internal static partial nint ERR_reason_error_string(CULong error);
}
