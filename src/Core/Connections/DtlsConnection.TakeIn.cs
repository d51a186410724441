using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    /// <summary>
    /// Takes in what has come, in place of a receiver that is not there yet: whoever lost the last flight of this side repeats its own, and gets it again (RFC 6347 §4.2.4). The first payload that is met
    /// stays to be received, and ends it; so does a failure, which the next Receive tells. Not beside a Receive, which would not see what has been taken in.
    /// </summary>
    internal void TakeIn()
    {
        lock (_lock)
        {
            if (_disposed || _state != DtlsConnectionState.Established)
            {
                return;
            }

            _bio.BeginCall();
            if (!TryRestoreBuffers())
            {
                return; // no memory now: whoever receives is told
            }

            byte first;
            int result = LibSsl.SSL_peek(_ssl, &first, 1);
            if (result > 0)
            {
                _bio.ApplicationDataYielded();
                return;
            }

            try
            {
                _ = Undelivered(result);
            }
            catch (Exception) when (_state == DtlsConnectionState.Failed)
            {
                // Kept as the association's failure.
            }
        }
    }
}
