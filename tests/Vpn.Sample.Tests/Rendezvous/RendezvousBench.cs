using System.Net;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Control;
using FifoVpn.Packets;
using FifoVpn.Rendezvous;
using FifoVpn.Tests.Node;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>A rendezvous server on loopback with a clock that stands still, and its clients, which go with it.</summary>
internal sealed class RendezvousBench : IDisposable
{
    private readonly TestVpn _vpn = new();
    private readonly List<RendezvousClient> _clients = [];
    private byte _addresses;

    public RendezvousBench(
        int maxNodes = 1_000, int requestsPerSecond = 20, bool relay = true, long relayBytesPerSecond = 1_000_000, TimeSpan? keepalive = null, Func<TestVpn, DtlsContext>? context = null)
    {
        Server = new RendezvousServer(
            new RendezvousServerOptions
            {
                Name = "meet",
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Context = context?.Invoke(_vpn) ?? _vpn.Context(_vpn.Authority, "meet", VpnAddress.Parse("10.88.255.1")),
                MaxNodes = maxNodes,
                RequestsPerSecond = requestsPerSecond,
                Relay = relay,
                RelayBytesPerSecond = relayBytesPerSecond,
                Keepalive = keepalive ?? TimeSpan.FromMinutes(1),
                Clock = Clock,
            },
            Log);
    }

    public TestVpn Vpn => _vpn;

    public RendezvousServer Server { get; }

    public MovingClock Clock { get; } = new();

    public LogCapture Log { get; } = new();

    public RendezvousStatistics Statistics => Server.Statistics;

    public VpnAddress NewAddress() => VpnAddress.Parse($"10.88.7.{++_addresses}");

    /// <summary>A node with a certificate for one address of its own, connected.</summary>
    public RendezvousClient Connect(string name) => Connect(name, NewAddress());

    public RendezvousClient Connect(string name, params VpnAddress[] addresses) => Connect(name, Context(name, addresses));

    public RendezvousClient Connect(string name, DtlsContext context)
    {
        RendezvousClient client = new(name, context, Server.LocalEndPoint);
        _clients.Add(client);
        return client;
    }

    public RendezvousClient Registered(string name, params VpnAddress[] addresses)
    {
        RendezvousClient client = addresses.Length == 0 ? Connect(name) : Connect(name, addresses);
        client.Register();
        return client;
    }

    /// <summary>Introduces two nodes.</summary>
    /// <returns>The channel of each to the other.</returns>
    public static (uint Asker, uint Target) Introduce(RendezvousClient asker, RendezvousClient target)
    {
        asker.Find(target.Name);
        IntroductionMessage toAsker = asker.NextIntroduction();
        IntroductionMessage toTarget = target.NextIntroduction();
        return (toAsker.Channel, toTarget.Channel);
    }

    public DtlsContext Context(string name, params VpnAddress[] addresses) => _vpn.Context(_vpn.Authority, name, addresses);

    public void AssertNothingIsLeft(TimeSpan? limit = null) =>
        Eventually.Equal(default, () => Server.RegistryCounts, limit ?? RendezvousClient.Limit, "what the server keeps when all nodes have gone");

    public void Dispose()
    {
        foreach (RendezvousClient client in _clients)
        {
            client.Dispose();
        }

        Server.Dispose();
        _vpn.Dispose();
    }
}
