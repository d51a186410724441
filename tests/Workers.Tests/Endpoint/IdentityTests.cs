using System.Text;
using FifoDtls.TestSupport;
using Microsoft.Extensions.Logging;

namespace FifoDtls.Tests;

/// <summary>Pre-shared keys, exported keying material and the key log's warning, as an endpoint has them.</summary>
public sealed class IdentityTests
{
    private const int SecretsAreLogged = 60;

    private static byte[] Key => Encoding.ASCII.GetBytes("sixteen bytes or");

    private static DtlsContext PskContext(string? keyLogFile = null) => new(new DtlsContextOptions
    {
        ClientPsk = _ => new DtlsPsk("a node", Key),
        ServerPsk = identity => identity == "a node" ? Key : null,
        KeyLogFile = keyLogFile,
    });

    private static DtlsEndpoint Endpoint(DtlsContext? server, DtlsContext? client, LogCapture log) => new(
        new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ServerContext = server, ClientContext = client, Session = Sessions.Echo, MaxParkedThreads = 0 }, log);

    [Test, Watchdog(60)]
    public void Peers_with_a_PSK_echo_and_the_log_tells_the_identity()
    {
        using DtlsContext context = PskContext();
        LogCapture log = new();
        using DtlsEndpoint server = Endpoint(context, null, log);
        using DtlsEndpoint client = TestEndpoints.Client(context);
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        EchoClient.Of(peer).RoundTrip();
        Assert.That(peer.Negotiated!.PskIdentity, Is.EqualTo("a node"));
        Eventually.True(() => log.Of(LogCapture.Established).Count == 1, TestEndpoints.Limit, "the log line");
        Assert.That(log.Of(LogCapture.Established)[0], Does.EndWith("peer certificate none, PSK identity a node"));
        Assert.That(log.Of(SecretsAreLogged), Is.Empty);
    }

    [Test, Watchdog(60)]
    public void Both_peers_export_the_same_keying_material()
    {
        using DtlsContext context = PskContext();
        using DtlsEndpoint server = new(new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ServerContext = context });
        using DtlsEndpoint client = TestEndpoints.Client(context);
        using DtlsPeer calling = client.Connect(server.LocalEndPoint);
        using DtlsPeer called = server.TryAccept(TestEndpoints.Limit)!;
        byte[][] materials = [new byte[40], new byte[40], new byte[40], new byte[40]];
        calling.ExportKeyingMaterial("EXPERIMENTAL node", materials[0]);
        called.ExportKeyingMaterial("EXPERIMENTAL node", materials[1]);
        calling.ExportKeyingMaterial("EXPERIMENTAL node", [1], materials[2]);
        called.ExportKeyingMaterial("EXPERIMENTAL node", [1], materials[3]);
        Assert.That(materials[0], Is.EqualTo(materials[1]).And.Not.EqualTo(materials[2]));
        Assert.That(materials[2], Is.EqualTo(materials[3]));
    }

    [Test, Watchdog(60)]
    public void A_key_log_file_is_warned_of_once([Values] bool both)
    {
        using TempDirectory directory = new();
        string path = directory.PathOf("keys.log");
        using DtlsContext context = PskContext(path);
        LogCapture log = new();
        using (Endpoint(context, both ? context : null, log))
        {
        }

        CapturedLine line = log.Lines.Single(line => line.EventId == SecretsAreLogged);
        Assert.That(line.Level, Is.EqualTo(LogLevel.Warning));
        Assert.That(line.Message, Does.Contain(path).And.Contains("can decrypt"));
    }
}
