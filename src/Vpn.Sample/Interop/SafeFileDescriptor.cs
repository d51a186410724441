using Microsoft.Win32.SafeHandles;

namespace FifoVpn.Interop;

/// <summary>An owned file descriptor. A call in progress keeps it open, so that its number cannot be reused under the call.</summary>
internal sealed class SafeFileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>
    /// Takes the C int that a call returned. Not left to the marshaller, which reads a whole register: the upper half
    /// behind a 32-bit -1 is not defined, and the error would look like a valid handle.
    /// </summary>
    public SafeFileDescriptor(int descriptor)
        : base(ownsHandle: true)
    {
        SetHandle(descriptor);
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
