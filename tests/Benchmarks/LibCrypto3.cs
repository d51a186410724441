using System.Runtime.InteropServices;

namespace FifoDtls.Benchmarks;

/// <summary>What the library itself does not need of libcrypto 3.</summary>
internal static partial class LibCrypto3
{
    private const string Library = "libcrypto.so.3";

    /// <summary>The text stays the library's.</summary>
    [LibraryImport(Library)]
    internal static partial nint OpenSSL_version(int kind);

    [LibraryImport(Library)]
    internal static partial nint BIO_s_mem();

    [LibraryImport(Library)]
    internal static partial nint BIO_new(nint method);

    [LibraryImport(Library)]
    internal static partial int BIO_up_ref(nint bio);
}
