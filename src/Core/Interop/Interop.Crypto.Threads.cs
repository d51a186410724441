using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libcrypto 3: what it keeps for each thread.</summary>
internal static unsafe partial class LibCrypto
{
    /// <summary>Frees what libcrypto keeps for the calling thread: its random generators and its error queue. They are made anew when they are next needed.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial void OPENSSL_thread_stop();
}
