using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsContext
{
    private const int FingerprintDigits = 64; // SHA-256 in hexadecimal

    internal DtlsContextOptions Options => _options;

    /// <summary>The pinned fingerprints: 64 upper-case hexadecimal digits each.</summary>
    internal HashSet<string> Pins { get; private set; } = [];

    private bool CanJudgePeers =>
        _options.TrustAnchors.Count > 0 || _options.PinnedCertificates.Count > 0 || _options.CertificateValidation is not null;

    private void SetVerification()
    {
        Pins = [.. _options.PinnedCertificates.Select(ParseFingerprint)];
        LibSsl.SSL_CTX_set_cert_verify_callback(Handle, &HandshakeCallbacks.OnVerifyCertificate, null);
    }

    /// <exception cref="InvalidOperationException">Peers are not verified in that role, and yet there are rules to verify them by.</exception>
    private void RequireRulesAreUsed(DtlsRole role)
    {
        if (role == DtlsRole.Client && !_options.VerifyServer && (_options.PinnedCertificates.Count > 0 || _options.CertificateValidation is not null))
        {
            throw new InvalidOperationException(
                $"{nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.VerifyServer)} = false would let {nameof(DtlsContextOptions.PinnedCertificates)} and "
                + $"{nameof(DtlsContextOptions.CertificateValidation)} pass unused: leave it true.");
        }
    }

    private static string ParseFingerprint(string fingerprint)
    {
        string digits = (fingerprint ?? "").Replace(":", "", StringComparison.Ordinal);
        return digits.Length == FingerprintDigits && digits.All(char.IsAsciiHexDigit)
            ? digits.ToUpperInvariant()
            : throw new ArgumentException(
                $"\"{fingerprint}\" in {nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.PinnedCertificates)} is no SHA-256 fingerprint: it takes {FingerprintDigits} hexadecimal digits.");
    }
}
