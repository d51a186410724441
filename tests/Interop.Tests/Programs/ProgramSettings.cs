using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>How a <see cref="DtlsProgram"/> is started.</summary>
internal sealed record ProgramSettings
{
    internal const string PskIdentity = "thing";

    /// <summary>Its certificate. A server always has one, even if it uses the pre-shared key. Default: none.</summary>
    internal PemFiles? Certificate { get; init; }

    /// <summary>The intermediates alone, which follow <see cref="Certificate"/> in its own file too. Default: none.</summary>
    internal string? Intermediates { get; init; }

    /// <summary>Whom it trusts: a client to vouch for the server, a server for its clients, which it then demands a certificate of. Default: a client verifies nothing, a server asks for nothing.</summary>
    internal string? Authority { get; init; }

    /// <summary>The only suite. Default: the program's own. One with PSK brings <see cref="PskIdentity"/> and <see cref="PskKey"/>.</summary>
    internal TlsCipherSuite? Suite { get; init; }

    /// <summary>The largest datagram of its handshake, roughly. Default: the program's own.</summary>
    internal int? Mtu { get; init; }

    internal static byte[] PskKey => [.. "a key of 16 byte"u8];

    internal static string PskHexKey => Convert.ToHexStringLower(PskKey);

    internal bool UsesPsk => Suite is { } suite && suite.ToString().Contains("PSK", StringComparison.Ordinal);
}
