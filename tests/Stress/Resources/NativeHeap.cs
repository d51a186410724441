using System.Runtime.InteropServices;

namespace FifoDtls.Stress;

/// <summary>glibc's malloc, from which libssl and libcrypto take all their memory.</summary>
internal static partial class NativeHeap
{
    /// <summary>The bytes in use in all arenas, with what the caches of the threads hold.</summary>
    internal static long InUse()
    {
        Usage usage = MallInfo2();
        return (long)(usage.InUse + usage.Mapped);
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial Usage MallInfo2();

    /// <summary>struct mallinfo2.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Usage
    {
        internal readonly nuint Arena;
        internal readonly nuint FreeChunks;
        internal readonly nuint FastBinChunks;
        internal readonly nuint MappedRegions;
        internal readonly nuint Mapped;
        internal readonly nuint Unused;
        internal readonly nuint FreeFastBin;
        internal readonly nuint InUse;
        internal readonly nuint Free;
        internal readonly nuint Releasable;
    }
}
