using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FifoDtls.Interop;

namespace FifoDtls;

// Sessions that may be resumed: the server's cache, and what a session is bound to.
public sealed unsafe partial class DtlsContext
{
    /// <summary>How sessions are resumed, or <see langword="null"/>: not at all.</summary>
    internal DtlsResumptionOptions? Resumption => _options.Resumption;

    /// <summary>What a session is bound to: a digest of the scope and of what decides who is trusted; not of what a callback decides. Empty without resumption.</summary>
    internal byte[] ResumptionBinding { get; private set; } = [];

    private void SetResumption()
    {
        if (_options.Resumption is not { } resumption)
        {
            return;
        }

        resumption.Validate();
        ResumptionBinding = Bind(resumption.Scope);
        _ = LibSsl.SSL_CTX_ctrl(Handle, LibSsl.CtrlSetSessionCacheMode, new CLong(LibSsl.SessionCacheServer), 0);
        _ = LibSsl.SSL_CTX_ctrl(Handle, LibSsl.CtrlSetSessionCacheSize, new CLong(resumption.CacheSize + 1), 0); // libssl makes room while the number is not below it
        _ = LibSsl.SSL_CTX_set_timeout(Handle, new CLong((int)resumption.Lifetime.TotalSeconds));
        fixed (byte* binding = ResumptionBinding)
        {
            if (LibSsl.SSL_CTX_set_session_id_context(Handle, binding, (uint)ResumptionBinding.Length) != 1)
            {
                throw new DtlsException("The session id context could not be set: " + OpenSslErrors.Drain());
            }
        }
    }

    // 32 bytes: the most that libssl takes for a session id context.
    private byte[] Bind(string scope)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes($"{scope}\0{_options.VerifyServer}\0{_options.ClientCertificates}\0"));
        digest.AppendData(Encoding.UTF8.GetBytes($"{_options.RevocationLists is not null}\0{_options.RevocationScope}\0{_options.CertificateValidation is not null}\0"));
        digest.AppendData(Encoding.UTF8.GetBytes($"{_options.ClientPsk is not null}\0{_options.ServerPsk is not null}\0"));
        foreach (string trusted in _options.TrustAnchors.Select(Thumbprint).Concat(Pins).Order(StringComparer.Ordinal))
        {
            digest.AppendData(Encoding.ASCII.GetBytes(trusted));
        }

        digest.AppendData("\0"u8);
        digest.AppendData(OwnCertificate());
        digest.AppendData("\0"u8);
        foreach (DtlsRevocationList list in _options.RevocationLists ?? [])
        {
            digest.AppendData(SHA256.HashData(list.Der));
        }

        return digest.GetHashAndReset();
    }

    private static string Thumbprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    private byte[] OwnCertificate() => _options.Credentials is { } credentials ? LibCrypto.ToDer(credentials.Certificate) : [];
}
