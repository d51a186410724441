using System.Security.Cryptography.X509Certificates;

namespace FifoVpn.Pki;

/// <summary>An entry of a revocation list.</summary>
/// <param name="Serial">The certificate's serial number: upper-case hexadecimal, as in <see cref="X509Certificate2.SerialNumber"/>.</param>
/// <param name="RevokedAt">Since when.</param>
/// <param name="Reason">Why; null when the list does not say.</param>
internal sealed record RevokedCertificate(string Serial, DateTimeOffset RevokedAt, X509RevocationReason? Reason);
