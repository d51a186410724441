using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

// What an association holds of memory while it is idle.
public sealed unsafe partial class DtlsConnection
{
    /// <summary>
    /// libssl keeps a buffer for the largest record that it may write, 16 KiB unless told otherwise; a record here is never larger than a datagram.
    /// </summary>
    private void LimitWriteBuffer()
    {
        int size = Math.Clamp(_transport.MaxDatagramSize, LibSsl.MinSendFragment, LibSsl.MaxSendFragment);
        if (LibSsl.SSL_ctrl(_ssl, LibSsl.CtrlSetMaxSendFragment, new CLong(size), null).Value != 1)
        {
            throw new DtlsException("The size of records could not be limited: " + OpenSslErrors.Drain());
        }
    }
}
