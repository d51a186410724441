using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

internal static unsafe partial class LibSsl
{
    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_peek(SafeSslHandle ssl, byte* buffer, int size);
}
