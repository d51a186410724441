using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FifoVpn.Pki;

/// <summary>A node's certificate together with its private key.</summary>
internal sealed class NodeCertificate(string name, X509Certificate2 certificate, ECDsa key) : IDisposable
{
    /// <summary>The node's name: the common name.</summary>
    public string Name { get; } = name;

    /// <summary>The certificate, with its private key attached.</summary>
    public X509Certificate2 Certificate { get; } = certificate;

    /// <summary>The private key, EC P-256.</summary>
    public ECDsa Key { get; } = key;

    public void Dispose()
    {
        Certificate.Dispose();
        Key.Dispose();
    }
}
