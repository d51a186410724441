using System.Security.Cryptography;
using FifoVpn.Configuration;

namespace FifoVpn.Service;

/// <summary>The contents of the files with certificates and key, to be compared later; of the key only a digest is kept, like of the others.</summary>
internal sealed record CredentialFiles(string Certificate, string PrivateKey, string Ca)
{
    /// <exception cref="ConfigException">A file can't be read.</exception>
    public static CredentialFiles Read(ServiceConfig config) => new(Digest(config.CertificatePath), Digest(config.PrivateKeyPath), Digest(config.CaPath));

    private static string Digest(string path)
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"cannot read {path}: {exception.Message}");
        }
    }
}
