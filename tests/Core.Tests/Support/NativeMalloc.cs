using System.Runtime.InteropServices;

namespace FifoDtls.Tests;

/// <summary>What glibc's allocator says of itself.</summary>
internal static partial class NativeMalloc
{
    /// <summary>The bytes that are allocated from all its arenas.</summary>
    internal static long UsedBytes => (long)mallinfo2().Used;

    [LibraryImport("libc")]
    private static partial MallocInfo mallinfo2();

    // struct mallinfo2 of malloc.h
    [StructLayout(LayoutKind.Sequential)]
    private struct MallocInfo
    {
        internal nuint Arena, FreeChunks, FastChunks, Mappings, Mapped, MostUsed, FastBytes, Used, Free, Top;
    }
}
