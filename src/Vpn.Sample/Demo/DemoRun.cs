using System.Diagnostics;
using FifoDtls;
using FifoVpn.Node;
using FifoVpn.Packets;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Demo;

/// <summary>The demo: brings the network up, sends pings, bulk flows and a forged packet through it, and tells what happens as it happens.</summary>
internal sealed class DemoRun(TextWriter output, TimeSpan bulkDuration)
{
    private const int PingsPerPair = 20;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(2);

    /// <exception cref="DemoFailure">Some traffic did not cross, or not intact.</exception>
    public void Run(ILoggerFactory loggers)
    {
        Say("Three VPN nodes in this process, on real UDP sockets; DTLS between each pair; no root, no files.");
        long start = Stopwatch.GetTimestamp();
        using var network = new DemoNetwork(loggers);
        Say("");
        Say("certificates  a CA and three nodes, EC P-256, in memory");
        foreach ((VpnNode node, DemoHost host) in network.Nodes.Zip(network.Hosts))
        {
            Say($"node {node.Name,-7} {host.IPv4} and {host.IPv6} in the VPN, UDP {node.LocalEndPoint}");
        }

        network.Start();
        ShowHandshakes(network, start);
        PingAll(network);
        ForgeSource(network);
        RunBulk(network);
        network.Dispose();
        Say("");
        Say("nodes closed in order");
        Say("all traffic crossed and arrived intact");
    }

    private void ShowHandshakes(DemoNetwork network, long start)
    {
        Say("");
        Say("handshakes");
        foreach (VpnNode node in network.Nodes)
        {
            foreach (VpnPeer peer in node.Peers)
            {
                if (!peer.WaitUntilConnected(ConnectLimit) || peer.Link is not { } link)
                {
                    throw new DemoFailure($"{node.Name} was not connected with {peer.Name} within {ConnectLimit.TotalSeconds} s");
                }

                if (link.Role == DtlsRole.Client)
                {
                    Say($"  {node.Name,-5} -> {peer.Name,-5}  DTLS 1.2, {link.Negotiated.CipherSuite}, peer {link.Negotiated.PeerCertificate?.Subject}, up {Milliseconds(Stopwatch.GetElapsedTime(start))} after the start");
                }
            }
        }
    }

    private void PingAll(DemoNetwork network)
    {
        Say("");
        Say($"ping: {PingsPerPair} ICMP echoes from each node to each other, half of them over IPv6");
        foreach (DemoHost source in network.Hosts)
        {
            foreach (DemoHost destination in network.Hosts.Where(host => host != source))
            {
                TimeSpan[] times = new TimeSpan[PingsPerPair];
                for (int i = 0; i < times.Length; i++)
                {
                    times[i] = source.Ping(i % 2 == 0 ? destination.IPv4 : destination.IPv6, PingLimit);
                }

                Array.Sort(times);
                Say($"  {source.Name,-5} -> {destination.Name,-5}  {times.Length}/{times.Length} back, RTT min {Milliseconds(times[0])}, median {Milliseconds(times[times.Length / 2])}, max {Milliseconds(times[^1])}");
            }
        }
    }

    // A node may speak for its own addresses only. The ping that follows on the same way proves that the forged packet has been dealt with.
    private void ForgeSource(DemoNetwork network)
    {
        (DemoHost victim, DemoHost target, DemoHost forger) = (network.Hosts[0], network.Hosts[1], network.Hosts[2]);
        Span<byte> packet = stackalloc byte[64];
        int length = IcmpEcho.WriteRequest(packet, victim.IPv4, target.IPv4, identifier: 1, sequence: 1, [1, 2, 3, 4]);
        forger.Inject(packet[..length]);
        forger.Ping(target.IPv4, PingLimit);
        long dropped = network.Nodes[1].Peers.Single(peer => peer.Name == forger.Name).Counters.Drops(DropReason.SourceNotAllowed);
        if (dropped != 1)
        {
            throw new DemoFailure($"{forger.Name} sent a packet in the name of {victim.Name}, and {target.Name} dropped {dropped} instead of 1");
        }

        Say("");
        Say($"forgery: {forger.Name} sent a packet with the address of {victim.Name}; {target.Name} dropped it and counted it (SourceNotAllowed 1)");
    }

    private void RunBulk(DemoNetwork network)
    {
        Say("");
        Say($"bulk: three flows at once for {bulkDuration.TotalSeconds:0} s, and pings beside them");
        BulkFlow[] flows = [.. network.Hosts.Select((host, i) => new BulkFlow(host, network.Hosts[(i + 1) % network.Hosts.Count], bulkDuration))];
        try
        {
            foreach (BulkFlow flow in flows)
            {
                flow.Start();
            }

            Watch(network, flows);
            foreach (BulkFlow flow in flows)
            {
                string hash = flow.Finish();
                Say($"  {flow}  {flow.Delivered} packets, {flow.DeliveredBytes / 1e6:0.0} MB, {Rate(flow.DeliveredBytes, flow.Elapsed)}, {flow.Retransmitted} sent again, SHA-256 at both ends {hash[..16]}…");
            }
        }
        finally
        {
            foreach (BulkFlow flow in flows)
            {
                flow.Dispose();
            }
        }
    }

    // Once a second until the flows stop; the pings are the clock's tick.
    private void Watch(DemoNetwork network, BulkFlow[] flows)
    {
        long[] before = new long[flows.Length];
        long last = Stopwatch.GetTimestamp();
        long start = last;
        TimeSpan worst = TimeSpan.Zero;
        while (Stopwatch.GetElapsedTime(start) < bulkDuration)
        {
            TimeSpan rtt = network.Hosts[0].Ping(network.Hosts[1].IPv4, PingLimit);
            worst = rtt > worst ? rtt : worst;
            TimeSpan interval = Stopwatch.GetElapsedTime(last);
            if (interval < TimeSpan.FromSeconds(1))
            {
                continue;
            }

            last = Stopwatch.GetTimestamp();
            string rates = string.Join("  ", flows.Select((flow, i) => $"{flow} {Rate(flow.DeliveredBytes - Exchange(ref before[i], flow.DeliveredBytes), interval)}"));
            Say($"  {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s  {rates}  worst RTT {Milliseconds(worst)}  drops {Drops(network)}");
            worst = TimeSpan.Zero;
        }
    }

    private static long Exchange(ref long stored, long value)
    {
        long old = stored;
        stored = value;
        return old;
    }

    // The forged packet is one of them.
    private static long Drops(DemoNetwork network) =>
        network.Nodes.Sum(node => node.Counters.TotalDrops + node.EndpointStatistics.FifoDrops + node.Peers.Sum(peer => peer.Counters.TotalDrops)) - 1;

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:0.00} ms";

    private static string Rate(long bytes, TimeSpan time) => $"{bytes * 8 / 1e6 / time.TotalSeconds:0} Mbit/s";

    private void Say(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
