using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FifoVpn.Pki;

/// <summary>
/// The CA's folder: ca.pem, ca.key, ca.crl once there is one, and NAME.pem with NAME.key for each node. Keys are PKCS#8 PEM with mode 0600 from the first byte on.
/// </summary>
internal static partial class PkiFiles
{
    public const string CaName = "ca";

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode CertificateMode = KeyMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static string CertificatePath(string folder, string name) => Path.Combine(folder, name + ".pem");

    public static string KeyPath(string folder, string name) => Path.Combine(folder, name + ".key");

    public static void SaveCa(CertificateAuthority ca, string folder, bool force) => Save(folder, CaName, ca.Certificate, ca.Key, force);

    /// <summary>Writes NAME.pem and NAME.key.</summary>
    /// <exception cref="PkiException">A file exists and <paramref name="force"/> is not given, or it cannot be written.</exception>
    public static void SaveNode(NodeCertificate node, string folder, bool force)
    {
        CheckNodeName(node.Name);
        Save(folder, node.Name, node.Certificate, node.Key, force);
    }

    /// <summary>Throws early what <see cref="SaveCa"/> and <see cref="SaveNode"/> would throw about files that exist.</summary>
    public static void CheckFree(string folder, string name, bool force)
    {
        foreach (string path in new[] { CertificatePath(folder, name), KeyPath(folder, name) })
        {
            if (Path.Exists(path) && !force)
            {
                throw new PkiException($"{path} exists; nothing was written; use --force to replace it");
            }
        }
    }

    /// <summary>The name must be a node's name, and the CA's own files must not become a node's.</summary>
    public static void CheckNodeName(string nodeName)
    {
        if (!NodeName.IsValid(nodeName))
        {
            throw new PkiException(NodeName.Complaint(nodeName));
        }

        if (nodeName.Equals(CaName, StringComparison.OrdinalIgnoreCase))
        {
            throw new PkiException($"a node cannot be called \"{nodeName}\": its files would replace the CA's; choose another name");
        }
    }

    /// <exception cref="PkiException">A file is missing, unreadable or no CA's.</exception>
    public static CertificateAuthority LoadCa(string folder)
    {
        string certificatePath = CertificatePath(folder, CaName);
        string keyPath = KeyPath(folder, CaName);
        if (!File.Exists(certificatePath) || !File.Exists(keyPath))
        {
            string missing = File.Exists(certificatePath) ? keyPath : certificatePath;
            throw new PkiException($"there is no {missing}; make a CA with: fifovpn pki init --dir {folder}");
        }

        X509Certificate2 certificate = LoadCertificate(certificatePath);
        ECDsa? key = null;
        try
        {
            key = LoadKey(keyPath);
            return CertificateAuthority.From(certificate, key);
        }
        catch (Exception exception)
        {
            certificate.Dispose();
            key?.Dispose();
            throw exception is PkiException ? new PkiException($"{folder}: {exception.Message}") : exception;
        }
    }

    /// <summary>Loads the first certificate of a PEM file, or a DER file.</summary>
    /// <exception cref="PkiException">The file cannot be read or holds no certificate.</exception>
    public static X509Certificate2 LoadCertificate(string path)
    {
        if (!File.Exists(path))
        {
            throw new PkiException($"there is no file {path}");
        }

        try
        {
            X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(path);
            RequireDates(certificate);
            return certificate;
        }
        catch (CryptographicException)
        {
            throw new PkiException($"{path} holds no certificate in PEM or DER form, or cannot be read");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"cannot read {path}: {exception.Message}");
        }
    }

    // OpenSSL reads its dates only when they are asked for; no certificate without them is of use.
    private static void RequireDates(X509Certificate2 certificate)
    {
        try
        {
            _ = certificate.NotBefore;
            _ = certificate.NotAfter;
        }
        catch (CryptographicException)
        {
            certificate.Dispose();
            throw;
        }
    }

    private static ECDsa LoadKey(string path)
    {
        byte[] bytes = [];
        char[] characters = [];
        ECDsa key = ECDsa.Create();
        try
        {
            bytes = File.ReadAllBytes(path);
            characters = Encoding.Latin1.GetChars(bytes);
            key.ImportFromPem(characters);
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new PkiException($"{path} holds no unencrypted EC private key in PEM form");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new PkiException($"cannot read {path}: {exception.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(characters);
        }
    }

    private static void Save(string folder, string name, X509Certificate2 certificate, ECDsa key, bool force)
    {
        CheckFree(folder, name, force);
        byte[] certificatePem = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");
        byte[] keyPem = EncodeKey(key);
        try
        {
            CreateFolder(folder);

            // Both are complete on disk before either gets its name.
            using StagedFile stagedKey = StagedFile.Write(KeyPath(folder, name), keyPem, KeyMode);
            using StagedFile stagedCertificate = StagedFile.Write(CertificatePath(folder, name), certificatePem, CertificateMode);
            stagedKey.Publish(force);
            stagedCertificate.Publish(force);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"cannot write {name}.pem and {name}.key into {folder}: {exception.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyPem);
        }
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, FolderMode);
        }
    }

    private static byte[] EncodeKey(ECDsa key)
    {
        byte[] pkcs8 = key.ExportPkcs8PrivateKey();
        char[] pem = PemEncoding.Write("PRIVATE KEY", pkcs8);
        byte[] bytes = new byte[pem.Length + 1];
        Encoding.ASCII.GetBytes(pem, bytes);
        bytes[^1] = (byte)'\n';
        CryptographicOperations.ZeroMemory(pkcs8);
        Array.Clear(pem);
        return bytes;
    }
}
