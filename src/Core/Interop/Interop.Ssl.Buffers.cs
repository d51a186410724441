using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libssl 3: the buffers of an SSL's record layer.</summary>
internal static unsafe partial class LibSsl
{
    /// <summary>
    /// Frees the buffers for received and for written records. After it, whatever makes libssl write needs <see cref="SSL_alloc_buffers"/> first: libssl 3.0 writes to where the buffer was, which is
    /// then address 0. Returns 0 when something is left in one of them; the other may have been freed.
    /// </summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_free_buffers(SafeSslHandle ssl);

    /// <summary>Makes those that are not there; 0 when there is no memory.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_alloc_buffers(SafeSslHandle ssl);
}
