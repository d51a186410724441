using System.Runtime.InteropServices;

namespace FifoDtls.Tests;

/// <summary>What of this process's memory the system has given pages for.</summary>
internal static unsafe partial class ResidentPages
{
    /// <summary>How many of the pages from <paramref name="start"/>, which is a page's, to <paramref name="end"/> are resident.</summary>
    internal static int Count(nint start, nint end)
    {
        byte[] resident = new byte[(end - start + Environment.SystemPageSize - 1) / Environment.SystemPageSize];
        fixed (byte* first = resident)
        {
            Assert.That(mincore(start, (nuint)(end - start), first), Is.Zero);
        }

        return resident.Count(page => (page & 1) != 0);
    }

    [LibraryImport("libc")]
    private static partial int mincore(nint start, nuint length, byte* resident);
}
