using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    // The context's own id stays what it was when the context was made: libssl reads it without a lock, so it can't be changed in a living context.
    private void BindSessions()
    {
        if (_resumptionBinding.Length == 0)
        {
            return;
        }

        fixed (byte* binding = _resumptionBinding)
        {
            if (LibSsl.SSL_set_session_id_context(_ssl, binding, (uint)_resumptionBinding.Length) != 1)
            {
                throw new DtlsException("The session id context could not be set: " + OpenSslErrors.Drain());
            }
        }
    }
}
