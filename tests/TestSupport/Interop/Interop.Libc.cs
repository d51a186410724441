using System.Runtime.InteropServices;

namespace FifoDtls.TestSupport;

internal static partial class Interop
{
    internal static partial class Libc
    {
        [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
        internal static partial int Kill(int processId, int signal);
    }
}
