using System.Net;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Node;
using FifoVpn.Packets;
using FifoVpn.Pki;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Demo;

/// <summary>Three nodes in this process, each with a host behind it: real UDP sockets on loopback, certificates of a CA in memory.</summary>
internal sealed class DemoNetwork : IDisposable
{
    private static readonly string[] Names = ["alpha", "beta", "gamma"];

    private readonly List<VpnNode> _nodes = [];
    private readonly List<DemoHost> _hosts = [];
    private readonly List<DtlsContext> _contexts = [];

    /// <summary>Makes certificates, nodes and hosts; nothing runs yet. Each node calls those before it.</summary>
    public DemoNetwork(ILoggerFactory loggers)
    {
        using CertificateAuthority ca = CertificateAuthority.Create("FifoVpn demo CA", days: 1);
        try
        {
            for (int i = 0; i < Names.Length; i++)
            {
                AddNode(i, ca, loggers);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<VpnNode> Nodes => _nodes;

    public IReadOnlyList<DemoHost> Hosts => _hosts;

    public void Start()
    {
        for (int i = 0; i < Names.Length; i++)
        {
            _hosts[i].Start();
            _nodes[i].Start();
        }
    }

    /// <summary>Takes the nodes down in order: close_notify, threads, sockets.</summary>
    public void Dispose()
    {
        foreach (VpnNode node in _nodes)
        {
            node.Dispose();
        }

        foreach (DemoHost host in _hosts)
        {
            host.Dispose();
        }

        foreach (DtlsContext context in _contexts)
        {
            context.Dispose();
        }
    }

    private static VpnAddress IPv4Of(int index) => VpnAddress.Parse($"10.99.0.{index + 1}");

    private static VpnAddress IPv6Of(int index) => VpnAddress.Parse($"fd99::{index + 1}");

    private void AddNode(int index, CertificateAuthority ca, ILoggerFactory loggers)
    {
        VpnAddress[] addresses = [IPv4Of(index), IPv6Of(index)];
        using NodeCertificate certificate = ca.Issue(Names[index], addresses, days: 1);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate.Certificate);
        var context = new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [ca.Certificate] });
        _contexts.Add(context);
        var device = new MemoryPacketDevice($"mem-{Names[index]}", VpnNodeOptions.DefaultMtu);
        var options = new VpnNodeOptions
        {
            Name = Names[index],
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Context = context,
            Peers = [.. Enumerable.Range(0, Names.Length).Where(peer => peer != index).Select(PeerOf)],
        };
        _nodes.Add(new VpnNode(options, device, loggers));
        _hosts.Add(new DemoHost(Names[index], addresses[0], addresses[1], device));
    }

    private PeerConfig PeerOf(int index)
    {
        IPEndPoint? endpoint = index < _nodes.Count ? _nodes[index].LocalEndPoint : null;
        return new PeerConfig
        {
            Name = Names[index],
            Addresses = [IPv4Of(index), IPv6Of(index)],
            Endpoint = endpoint is null ? null : new PeerEndpoint(endpoint.Address.ToString(), endpoint.Port, endpoint.Address),
        };
    }
}
