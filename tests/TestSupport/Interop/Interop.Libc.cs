using System.Runtime.InteropServices;

namespace FifoDtls.TestSupport;

internal static partial class Interop
{
    internal static partial class Libc
    {
        [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
        internal static partial int Kill(int processId, int signal);

        [LibraryImport("libc", EntryPoint = "gettid")]
        internal static partial int CurrentThreadId();

        /// <summary>Moves the calling thread, and it alone, into another namespace.</summary>
        [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
        internal static partial int SetNamespace(Microsoft.Win32.SafeHandles.SafeFileHandle descriptor, int kind);
    }
}
