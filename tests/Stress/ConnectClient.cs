using System.Net;
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
        IPAddress[] addresses = client.Resolve();
        using var endpoint = new DtlsEndpoint(new DtlsEndpointOptions { ClientContext = context }, loggers);
        using DtlsPeer peer = client.Connect(endpoint, addresses);
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

    private IPAddress[] Resolve()
    {
        try
        {
            IPAddress[] addresses = Dns.GetHostAddresses(_settings.To.Host);
            return Socket.OSSupportsIPv6 ? addresses : [.. addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork)];
        }
        catch (SocketException exception)
        {
            throw new CommandFailure(ExitCode.Network, $"The name {_settings.To.Host} can't be resolved: {exception.Message}", exception);
        }
    }

    /// <summary>Tries the addresses in the resolver's order; each has its share of the time.</summary>
    private DtlsPeer Connect(DtlsEndpoint endpoint, IPAddress[] addresses)
    {
        var options = new DtlsConnectOptions
        {
            ServerName = _settings.ServerName ?? _settings.To.Host,
            HandshakeTimeout = _settings.Timeout / Math.Max(addresses.Length, 1),
        };
        for (int i = 0; i < addresses.Length; i++)
        {
            try
            {
                return endpoint.Connect(new IPEndPoint(addresses[i], _settings.To.Port), options, _signals.Received);
            }
            catch (TimeoutException) when (i < addresses.Length - 1)
            {
                // Nobody answers at this address; the next one may.
            }
            catch (OperationCanceledException exception)
            {
                throw new CommandFailure(ExitCode.AssociationFailed, $"The handshake with {_settings.To} was interrupted by a signal.", exception);
            }
        }

        throw new CommandFailure(ExitCode.Network, $"{_settings.To.Host} has no address that this machine can reach.");
    }

    private static string NameOf(DtlsVersion version) => version == DtlsVersion.Dtls12 ? "DTLSv1.2" : version.ToString();
}
