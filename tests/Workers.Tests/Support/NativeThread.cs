using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FifoDtls.Tests;

/// <summary>What the system says of the calling thread.</summary>
internal static unsafe partial class NativeThread
{
    /// <summary>Its stack's size in bytes.</summary>
    internal static nuint StackSize
    {
        get
        {
            Attributes attributes;
            nuint size;
            Check(pthread_getattr_np(pthread_self(), &attributes));
            Check(pthread_attr_getstacksize(&attributes, &size));
            Check(pthread_attr_destroy(&attributes));
            return size;
        }
    }

    private static void Check(int error) => Assert.That(error, Is.Zero);

    [LibraryImport("libc")]
    private static partial nuint pthread_self();

    [LibraryImport("libc")]
    private static partial int pthread_getattr_np(nuint thread, Attributes* attributes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_getstacksize(Attributes* attributes, nuint* size);

    [LibraryImport("libc")]
    private static partial int pthread_attr_destroy(Attributes* attributes);

    /// <summary>More than glibc's and musl's <c>pthread_attr_t</c> (64 bytes at most).</summary>
    [InlineArray(32)]
    private struct Attributes
    {
        private ulong _first;
    }
}
