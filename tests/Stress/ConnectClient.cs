using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace FifoDtls.Stress;

/// <summary>The <c>connect</c> command: finds the server and connects; <see cref="LineExchange"/> does the rest.</summary>
internal sealed class ConnectClient
{
    private readonly ConnectSettings _settings;
    private readonly TerminationSignals _signals;

    private ConnectClient(ConnectSettings settings, TerminationSignals signals)
    {
        _settings = settings;
        _signals = signals;
    }

    internal static void Run(ConnectSettings settings)
    {
        using var signals = new TerminationSignals();
        using ILoggerFactory loggers = StandardError.CreateLogger(settings.LogLevel);
        var client = new ConnectClient(settings, signals);
        using DtlsContext context = client.CreateContext();
        using var endpoint = new DtlsEndpoint(new DtlsEndpointOptions { ClientContext = context }, loggers);
        using DtlsPeer peer = client.Connect(endpoint);
        DtlsNegotiated negotiated = peer.Negotiated!;
        Console.Error.WriteLine($"connected {NameOf(negotiated.Version)} {negotiated.CipherSuite}");
        new LineExchange(peer, settings.Linger).Run(signals.Received);
    }

    private DtlsContext CreateContext()
    {
        DtlsContext.EnsureLibraryAvailable();
        using DtlsCredentials? credentials = _settings.Certificate is { } certificate ? DtlsCredentials.FromPemFiles(certificate, _settings.Key!) : null;
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            VerifyServer = _settings.Authority is not null,
            TrustAnchors = _settings.Authority is { } path ? [.. DtlsCredentials.ReadCertificates(path)] : [],
        });
    }

    private DtlsPeer Connect(DtlsEndpoint endpoint)
    {
        try
        {
            var options = new DtlsConnectOptions { ServerName = _settings.ServerName, HandshakeTimeout = _settings.Timeout };
            return endpoint.Connect(_settings.To.Host, _settings.To.Port, options, _signals.Received);
        }
        catch (SocketException exception)
        {
            throw new CommandFailure(ExitCode.Network, $"The name {_settings.To.Host} can't be resolved: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception)
        {
            throw new CommandFailure(ExitCode.AssociationFailed, $"The handshake with {_settings.To} was interrupted by a signal.", exception);
        }
    }

    private static string NameOf(DtlsVersion version) => version == DtlsVersion.Dtls12 ? "DTLSv1.2" : version.ToString();
}
