using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FifoVpn.Pki;

// The CA's revocation list, and files that are replaced.
internal static partial class PkiFiles
{
    public static string RevocationListPath(string folder) => Path.Combine(folder, CaName + ".crl");

    /// <summary>The CA's list, or null if it has none yet.</summary>
    /// <exception cref="PkiException">It is malformed, unreadable, or not signed by this CA.</exception>
    public static RevocationList? LoadRevocationList(string folder, CertificateAuthority ca)
    {
        string path = RevocationListPath(folder);
        if (!File.Exists(path))
        {
            return null;
        }

        if (!RevocationList.TryParse(Read(path), out RevocationList? list))
        {
            throw new PkiException($"{path} holds no revocation list in PEM or DER form; get it back from a node, because a new one would forget who was revoked");
        }

        try
        {
            return ca.RequireOwn(list);
        }
        catch (PkiException exception)
        {
            throw new PkiException($"{path}: {exception.Message}");
        }
    }

    /// <summary>Replaces the CA's list.</summary>
    /// <exception cref="PkiException">It cannot be written.</exception>
    public static void SaveRevocationList(RevocationList list, string folder) =>
        Replace(RevocationListPath(folder), Encoding.ASCII.GetBytes(PemEncoding.WriteString(RevocationList.PemLabel, list.Der) + "\n"), CertificateMode);

    /// <summary>
    /// Keeps other pki commands from changing the list until it is disposed: of two that read the same list and add to it, the later would lose what the earlier has revoked.
    /// The empty file stays, because to remove it would let two hold it at once.
    /// </summary>
    /// <exception cref="PkiException">Another one is at work, or the folder cannot be written to.</exception>
    public static IDisposable LockRevocationList(string folder)
    {
        string path = Path.Combine(folder, $".{CaName}.crl.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"{RevocationListPath(folder)} cannot be changed now: {exception.Message}; if another fifovpn pki command is at work, wait for its end");
        }
    }

    /// <summary>Replaces a node's certificate, and its key if there is a new one.</summary>
    /// <exception cref="PkiException">A file cannot be written.</exception>
    public static void ReplaceNode(string certificatePath, X509Certificate2 certificate, string keyPath, ECDsa? key)
    {
        byte[] certificatePem = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");
        if (key is null)
        {
            Replace(certificatePath, certificatePem, CertificateMode);
            return;
        }

        byte[] keyPem = EncodeKey(key);
        try
        {
            // Both are complete on disk before either gets its name.
            using StagedFile stagedKey = StagedFile.Write(keyPath, keyPem, KeyMode);
            using StagedFile stagedCertificate = StagedFile.Write(certificatePath, certificatePem, CertificateMode);
            stagedKey.Publish(overwrite: true);
            stagedCertificate.Publish(overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"cannot replace {certificatePath} and {keyPath}: {exception.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyPem);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="PkiException">It is missing or cannot be read.</exception>
    public static byte[] Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new PkiException($"there is no file {path}");
        }

        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"cannot read {path}: {exception.Message}");
        }
    }

    private static void Replace(string path, byte[] content, UnixFileMode mode)
    {
        try
        {
            using StagedFile staged = StagedFile.Write(path, content, mode);
            staged.Publish(overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"cannot write {path}: {exception.Message}");
        }
    }
}
