using System.Net;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Configuration;

/// <summary>What the configurations of a node and of a rendezvous server have in common. Paths are absolute.</summary>
internal abstract class ServiceConfig
{
    /// <summary>The name; null means the common name of the certificate.</summary>
    public string? Name { get; init; }

    /// <summary>The UDP address and port of the socket; port 0 is any free port.</summary>
    public required IPEndPoint Listen { get; init; }

    public required string CertificatePath { get; init; }

    public required string PrivateKeyPath { get; init; }

    public required string CaPath { get; init; }

    /// <summary>Files with certificate revocation lists; none by default.</summary>
    public IReadOnlyList<string> RevocationListPaths { get; init; } = [];

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    /// <summary>How long an association is silent before a keepalive is sent; 1 to 3600 s, 10 s by default.</summary>
    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(ServiceKeys.Keepalive.DefaultNumber!.Value);

    /// <summary>The Unix socket of fifovpn status; null for none.</summary>
    public string? StatusSocket { get; init; }

    /// <summary>Where the metrics are served over HTTP, a loopback address; null for nowhere.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>What is allowed but probably not meant, one line each, to be logged.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
