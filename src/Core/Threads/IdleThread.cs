using System.Runtime.CompilerServices;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// What a handshake leaves at its thread, and a thread of the library that only waits can give back: pages of its stack that nothing but deeper calls have touched, and the allocator's cache.
/// </summary>
internal static unsafe class IdleThread
{
    // What the call that gives back may itself need.
    private const int Margin = 2 << 10;

    [ThreadStatic]
    private static nint LowestOfStack;

    /// <summary>Lets the calling thread, which must be one of the library's own, give back from now on. Only on Linux.</summary>
    internal static void Allow()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        LibStack.Attributes attributes;
        if (LibStack.pthread_getattr_np(LibStack.pthread_self(), &attributes) != 0)
        {
            return;
        }

        nint lowest;
        nuint size;
        if (LibStack.pthread_attr_getstack(&attributes, &lowest, &size) == 0)
        {
            nint here = (nint)(&lowest);
            LowestOfStack = here > lowest && (nuint)(here - lowest) < size ? lowest : 0;
        }

        _ = LibStack.pthread_attr_destroy(&attributes);
    }

    /// <summary>Gives back what the thread holds, if it may.</summary>
    /// <param name="afterHandshake">Whether the allocator's cache has not been given back since; that costs more, and what comes later leaves little there.</param>
    internal static void GiveBack(bool afterHandshake)
    {
        if (LowestOfStack == 0)
        {
            return;
        }

        if (afterHandshake)
        {
            MallocCache.Empty();
        }

        GiveBackStack();
    }

    // They are zero when they are next touched, and nothing below the stack pointer is anybody's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void GiveBackStack()
    {
        byte here;
        nint end = ((nint)(&here) - Margin) & -Environment.SystemPageSize;
        if (end > LowestOfStack)
        {
            _ = LibStack.madvise(LowestOfStack, (nuint)(end - LowestOfStack), LibStack.DontNeed); // refused, nothing is lost but memory
        }
    }
}
