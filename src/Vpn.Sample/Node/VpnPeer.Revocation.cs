using FifoDtls;

namespace FifoVpn.Node;

internal sealed partial class VpnPeer
{
    /// <summary>Drops the session kept for resumption: the next handshake is a full one.</summary>
    public void ForgetSession()
    {
        DtlsSession? forgotten;
        lock (_gate)
        {
            (forgotten, _session) = (_session, null);
        }

        forgotten?.Dispose();
    }
}
