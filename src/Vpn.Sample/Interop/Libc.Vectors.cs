using System.Runtime.InteropServices;

namespace FifoVpn.Interop;

/// <summary>Reads and writes of several pieces at once. The pieces must not move during the call.</summary>
internal static partial class Libc
{
    [LibraryImport(Library, EntryPoint = "readv", SetLastError = true)]
    public static unsafe partial nint ReadVector(SafeFileDescriptor descriptor, IoVector* pieces, int count);

    [LibraryImport(Library, EntryPoint = "writev", SetLastError = true)]
    public static unsafe partial nint WriteVector(SafeFileDescriptor descriptor, IoVector* pieces, int count);
}
