using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls.Tests;

/// <summary>What only tests call of libcrypto, by its name on Linux.</summary>
internal static partial class NativeLibcrypto
{
    /// <summary>Makes a new BIO of the same method and asks the old one, by the control DUP, to share its state with it.</summary>
    [LibraryImport("libcrypto.so.3")]
    internal static partial SafeBioHandle BIO_dup_chain(SafeBioHandle bio);
}
