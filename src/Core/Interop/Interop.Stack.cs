using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>The calling thread's stack: <c>pthread.h</c> and <c>sys/mman.h</c> of Linux.</summary>
internal static unsafe partial class LibStack
{
    internal const int DontNeed = 4; // MADV_DONTNEED

    private const string Name = "libc";

    [LibraryImport(Name)]
    internal static partial nint pthread_self();

    [LibraryImport(Name)]
    internal static partial int pthread_getattr_np(nint thread, Attributes* attributes);

    [LibraryImport(Name)]
    internal static partial int pthread_attr_getstack(Attributes* attributes, nint* lowest, nuint* size);

    [LibraryImport(Name)]
    internal static partial int pthread_attr_destroy(Attributes* attributes);

    [LibraryImport(Name)]
    internal static partial int madvise(nint start, nuint length, int advice);

    /// <summary>More than any <c>pthread_attr_t</c>.</summary>
    [InlineArray(16)]
    internal struct Attributes
    {
        private ulong _first;
    }
}
