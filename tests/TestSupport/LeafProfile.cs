using System.Net;

namespace FifoDtls.TestSupport;

/// <summary>What a <see cref="TestAuthority"/> writes into an end-entity certificate. Valid for both roles unless told otherwise.</summary>
public sealed record LeafProfile
{
    /// <summary>The common name of the subject.</summary>
    public required string CommonName { get; init; }

    /// <summary>The DNS names of the subjectAltName.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>The IP addresses of the subjectAltName.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The kind of the key. Default: EC P-256.</summary>
    public KeyKind Key { get; init; } = KeyKind.EcP256;

    /// <summary>Whether the extended key usage has serverAuth. Default: true.</summary>
    public bool ServerAuth { get; init; } = true;

    /// <summary>Whether the extended key usage has clientAuth. Default: true.</summary>
    public bool ClientAuth { get; init; } = true;

    /// <summary>The first instant of validity. Default: an hour ago.</summary>
    public DateTimeOffset NotBefore { get; init; } = DateTimeOffset.UtcNow.AddHours(-1);

    /// <summary>The last instant of validity. Default: in ten days.</summary>
    public DateTimeOffset NotAfter { get; init; } = DateTimeOffset.UtcNow.AddDays(10);
}
