using FifoVpn.Pki;

namespace FifoVpn.Links;

/// <summary>What a verified certificate says, and the certificate itself in DER form.</summary>
internal sealed record ProvedIdentity(CertificateIdentity Certificate, ReadOnlyMemory<byte> Der);
