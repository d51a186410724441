namespace FifoDtls.TestSupport;

/// <summary>The paths of a certificate (followed by its chain) and of its private key, both PEM.</summary>
public sealed record PemFiles(string CertificatePath, string KeyPath);
