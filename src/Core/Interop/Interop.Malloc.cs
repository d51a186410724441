using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>glibc's allocator, from which libssl and libcrypto take all their memory: <c>stdlib.h</c>.</summary>
internal static partial class LibMalloc
{
    private const string Name = "libc";

    [LibraryImport(Name)]
    internal static partial nint malloc(nuint size);

    [LibraryImport(Name)]
    internal static partial void free(nint piece);

    [LibraryImport(Name)]
    internal static partial int malloc_trim(nuint pad);

    /// <summary>Whether the process's C library is glibc.</summary>
    internal static bool IsGlibc { get; } =
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _);
}
