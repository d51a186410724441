using System.Net.Security;

namespace FifoDtls.Interop.Tests;

/// <summary>The cipher suites that both sides have by default: OpenSSL's name, the registry's name, and the key that the server needs.</summary>
internal static class CipherSuites
{
    internal static IEnumerable<TestCaseData> All =>
    [
        new("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", false),
        new("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", false),
        new("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", false),
        new("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", true),
        new("ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", true),
        new("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", true),
    ];

    /// <summary>Those with pre-shared keys: OpenSSL's name and the registry's.</summary>
    internal static IEnumerable<TestCaseData> Psk =>
    [
        new("ECDHE-PSK-CHACHA20-POLY1305", TlsCipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256),
        new("PSK-AES256-GCM-SHA384", TlsCipherSuite.TLS_PSK_WITH_AES_256_GCM_SHA384),
        new("PSK-AES128-GCM-SHA256", TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256),
        new("PSK-CHACHA20-POLY1305", TlsCipherSuite.TLS_PSK_WITH_CHACHA20_POLY1305_SHA256),
    ];

    /// <summary>All of them.</summary>
    internal static IEnumerable<TlsCipherSuite> Default =>
        [.. All.Select(suite => Enum.Parse<TlsCipherSuite>((string)suite.Arguments[1]!)), .. Psk.Select(suite => (TlsCipherSuite)suite.Arguments[1]!)];

    /// <summary>Whether a suite needs a server with an RSA key.</summary>
    internal static bool IsRsa(TlsCipherSuite suite) => suite.ToString().Contains("_RSA_", StringComparison.Ordinal);
}
