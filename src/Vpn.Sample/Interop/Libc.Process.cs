using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace FifoVpn.Interop;

/// <summary>The end of the process.</summary>
internal static partial class Libc
{
    /// <summary>Ends the process without running anything any more.</summary>
    [LibraryImport(Library, EntryPoint = "_exit")]
    [DoesNotReturn]
    public static partial void ExitNow(int status);
}
