using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FifoDtls.Interop;

/// <summary>An <c>X509_CRL</c>.</summary>
internal sealed unsafe class SafeRevocationListHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>Reads the DER form; the handle is invalid when it is none, and the error queue says why.</summary>
    internal static SafeRevocationListHandle Decode(ReadOnlySpan<byte> der)
    {
        LibCrypto.ERR_clear_error();
        fixed (byte* start = der)
        {
            byte* cursor = start;
            return LibCrypto.d2i_X509_CRL(0, &cursor, new CLong(der.Length));
        }
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.X509_CRL_free(handle);
        return true;
    }
}
