using System.Security.Cryptography.X509Certificates;

namespace FifoDtls;

/// <summary>
/// The peer's certificate as the handshake has left it. Making an <see cref="X509Certificate2"/> parses it once more, key and all, which costs as much as a fifth of a handshake, and most
/// associations are never asked for it: it is made when somebody does. Any thread may ask.
/// </summary>
internal sealed class PeerCertificateSource(byte[] certificate) : IDisposable
{
    private readonly Lock _lock = new(); // guards the certificate's making and its end
    private X509Certificate2? _made;
    private bool _disposed;

    /// <summary>The certificate; disposed if this is.</summary>
    internal X509Certificate2 Certificate
    {
        get
        {
            lock (_lock)
            {
                if (_made is null)
                {
                    _made = X509CertificateLoader.LoadCertificate(certificate);
                    if (_disposed)
                    {
                        _made.Dispose();
                    }
                }

                return _made;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _made?.Dispose();
        }
    }
}
