using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

// The size of the datagrams: libssl cuts the handshake's messages to the MTU, and takes payloads of any size.
public sealed unsafe partial class DtlsConnection
{
    private readonly bool _growsAfterHandshake;

    private void SetMtu(int size)
    {
        if (LibSsl.SSL_ctrl(_ssl, LibSsl.CtrlSetMtu, new CLong(size), null).Value <= 0)
        {
            throw new DtlsException($"libssl refuses datagrams of {size} bytes.");
        }
    }

    /// <summary>The largest payload of the association that has just been established.</summary>
    private int SettleMaxPayloadSize()
    {
        int handshakeSize = _bio.Mtu;
        if (_growsAfterHandshake)
        {
            SetMtu(_transport.MaxDatagramSize);
        }

        int size = Math.Min((int)LibSsl.DTLS_get_data_mtu(_ssl), DtlsRecord.MaxPlaintextSize);
        if (_growsAfterHandshake)
        {
            SetMtu(handshakeSize); // the last flight may have to be repeated, and libssl cuts it anew: it must still get through
        }

        return size;
    }
}
