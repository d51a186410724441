using System.Net;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Node;
using FifoVpn.Packets;
using FifoVpn.Pki;
using FifoVpn.Rendezvous;
using FifoVpn.Tests.Node;

namespace FifoVpn.Tests.Mesh;

/// <summary>A VPN on loopback whose nodes know no addresses of each other, only rendezvous servers.</summary>
internal sealed class TestMesh : IDisposable
{
    public static readonly TimeSpan Keepalive = TimeSpan.FromSeconds(1);

    private readonly TestVpn _vpn = new();
    private readonly Stack<IDisposable> _owned = new();
    private readonly List<LogCapture> _logs = [];

    /// <summary>What the members' certificates carry.</summary>
    public Func<VpnMember, VpnAddress[]> AddressesOf { get; set; } = member => member.Addresses;

    public VpnMember Member(string name) => _vpn.Member(name);

    public RendezvousServer Server(string name, IPEndPoint where, bool relay = true)
    {
        DtlsContext context = Context(CertificateIdentity.Rendezvous(name));
        RendezvousServer server = new(
            new RendezvousServerOptions { Name = name, Listen = where, Context = context, Keepalive = Keepalive, Relay = relay, RelayBytesPerSecond = 100_000_000 },
            Log());
        _owned.Push(server);
        return server;
    }

    /// <summary>A node that knows the servers, and the peers if there are any; without any it discovers them.</summary>
    public TestNode Start(VpnMember member, IReadOnlyList<RendezvousConfig> servers, params PeerConfig[] peers)
    {
        LogCapture log = Log();
        MemoryPacketDevice device = new($"mem-{member.Name}", VpnNodeOptions.DefaultMtu);
        VpnNodeOptions options = new()
        {
            Name = member.Name,
            Listen = member.Outside,
            Context = Context(CertificateIdentity.Node(member.Name, AddressesOf(member))),
            Addresses = [.. member.Addresses.Select(address => InterfaceAddress.Parse($"{address}/{(address.IsIPv6 ? 64 : 24)}"))],
            Peers = peers,
            Discover = peers.Length == 0,
            Rendezvous = servers,
            Keepalive = Keepalive,
            HandshakeTimeout = TestNode.Limit,
        };
        TestNode node = new(member, new VpnNode(options, device, log), device, log);
        _owned.Push(node);
        node.Node.Start();
        return node;
    }

    public static RendezvousConfig At(string name, IPEndPoint where) => new(name, new PeerEndpoint(where.Address.ToString(), where.Port, where.Address));

    public void Dispose()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            foreach (LogEntry entry in _logs.SelectMany(log => log.All).OrderBy(entry => entry.Timestamp))
            {
                TestContext.Out.WriteLine($"{entry.Timestamp / 1_000_000} {entry.Category}: {entry.Message}");
            }
        }

        while (_owned.TryPop(out IDisposable? owned))
        {
            owned.Dispose();
        }

        _vpn.Dispose();
    }

    private LogCapture Log()
    {
        LogCapture log = new();
        _logs.Add(log);
        return log;
    }

    private DtlsContext Context(CertificateIdentity identity)
    {
        using NodeCertificate certificate = _vpn.Authority.Issue(identity);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate.Certificate);
        DtlsContext context = new(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [_vpn.Authority.Certificate],
            Resumption = new DtlsResumptionOptions { Scope = VpnNodeOptions.SessionScope },
        });
        _owned.Push(context);
        return context;
    }
}
