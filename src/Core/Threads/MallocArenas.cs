using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// glibc gives freed memory back to the system only from the end of an arena, so what thousands of associations have used stays with the process for as long as one of the last pieces is in use.
/// </summary>
internal static class MallocArenas
{
    /// <summary>Gives the free pages of all arenas back. Each arena is locked while its free pages are looked for: not to be called while many threads are at work.</summary>
    internal static void Trim()
    {
        if (LibMalloc.IsGlibc)
        {
            _ = LibMalloc.malloc_trim(0); // whether there was any
        }
    }
}
