using System.Net;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Node;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Tests.Node;

/// <summary>A VPN on loopback: a certificate authority in memory, members with addresses of their own, and their nodes, which go with it.</summary>
internal sealed class TestVpn : IDisposable
{
    private const int Port = 4443;

    // 127.0.0.0/8 is all loopback: addresses that differ between runs need no search for a free port, also not after a restart.
    private static int LastAddress = Random.Shared.Next(0x010001, 0xF00000);

    private readonly Stack<IDisposable> _owned = new();
    private byte _members;

    public TestVpn()
    {
        Authority = CertificateAuthority.Create();
        _owned.Push(Authority);
    }

    public CertificateAuthority Authority { get; }

    public VpnMember Member(string name, bool outsideIPv6 = false) => new(name, ++_members, outsideIPv6 ? FreeIPv6EndPoint() : NewEndPoint());

    /// <summary>A loopback address and port that nothing listens on.</summary>
    public static IPEndPoint NewEndPoint()
    {
        int number = Interlocked.Increment(ref LastAddress);
        return new IPEndPoint(new IPAddress([127, (byte)(number >> 16), (byte)(number >> 8), (byte)number]), Port);
    }

    /// <summary>A node of the member that is not started yet.</summary>
    public TestNode Create(VpnMember member, params PeerConfig[] peers) => Create(member, MemoryDevice(member), new TestNodeSettings(), peers);

    public TestNode Create(VpnMember member, TestNodeSettings settings, params PeerConfig[] peers) =>
        Create(member, MemoryDevice(member, settings.Mtu), settings, peers);

    public TestNode Create(VpnMember member, IPacketDevice device, TestNodeSettings settings, params PeerConfig[] peers)
    {
        LogCapture log = new();
        VpnNodeOptions options = new()
        {
            Name = member.Name,
            Listen = member.Outside,
            Context = settings.Context ?? ContextOf(member),
            Peers = peers,
            HandshakeTimeout = settings.HandshakeTimeout,
            Keepalive = settings.Keepalive,
            PathMtuRaiseInterval = settings.PathMtuRaiseInterval,
            IdleTimeout = settings.IdleTimeout,
            Addresses = settings.HasAddresses ? member.Interfaces : [],
            Discover = settings.Discover,
            Forward = settings.Forward,
            RateLimit = settings.RateLimit,
            PeerRateLimit = settings.PeerRateLimit,
            MaxPeers = settings.MaxPeers,
        };
        TestNode node = new(member, new VpnNode(options, device, log), device, log);
        _owned.Push(node);
        return node;
    }

    public TestNode Start(VpnMember member, params PeerConfig[] peers) => Started(Create(member, peers));

    public TestNode Start(VpnMember member, TestNodeSettings settings, params PeerConfig[] peers) => Started(Create(member, settings, peers));

    public DtlsContext ContextOf(VpnMember member) => Context(Authority, member.Name, member.Addresses);

    public DtlsContext Context(CertificateAuthority issuer, string name, params VpnAddress[] addresses)
    {
        using NodeCertificate certificate = issuer.Issue(name, addresses);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate.Certificate);
        DtlsContext context = new(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [Authority.Certificate],
            Resumption = new DtlsResumptionOptions { Scope = VpnNodeOptions.SessionScope },
        });
        _owned.Push(context);
        return context;
    }

    /// <summary>A plain DTLS endpoint at a member's address: it can send what no node would.</summary>
    public DtlsEndpoint Impostor(VpnMember member, DtlsContext context)
    {
        DtlsEndpoint endpoint = new(new DtlsEndpointOptions
        {
            LocalEndPoint = member.Outside,
            ServerContext = context,
            ClientContext = context,
            HandshakeTimeout = TestNode.Limit,
            MaxDatagramSize = 16_384,
        });
        _owned.Push(endpoint);
        return endpoint;
    }

    public void Dispose()
    {
        while (_owned.TryPop(out IDisposable? owned))
        {
            owned.Dispose();
        }
    }

    private static MemoryPacketDevice MemoryDevice(VpnMember member, int mtu = VpnNodeOptions.DefaultMtu) => new($"mem-{member.Name}", mtu);

    private static TestNode Started(TestNode node)
    {
        node.Node.Start();
        return node;
    }

    /// <summary>IPv6 has only one loopback address; the port is one that the system has just given.</summary>
    private static IPEndPoint FreeIPv6EndPoint()
    {
        using System.Net.Sockets.UdpClient probe = new(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        return (IPEndPoint)probe.Client.LocalEndPoint!;
    }
}
