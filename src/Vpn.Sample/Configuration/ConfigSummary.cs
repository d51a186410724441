using System.Globalization;
using FifoVpn.Pki;

namespace FifoVpn.Configuration;

/// <summary>What a checked configuration will do, in a few lines for a person.</summary>
internal sealed class ConfigSummary(TextWriter output)
{
    private const int LabelWidth = 15;

    public void Write(NodeConfig config, NodeCredentials credentials)
    {
        WriteService("Node", config, credentials);
        Line("Device", config.Device);
        Line("MTU", config.Mtu is { } mtu ? Text(mtu) : $"what fits into a path of {config.PathMtu} bytes");
        Line("Addresses", string.Join(", ", config.Addresses));
        Line("Peers", Peers(config));
        foreach (PeerConfig peer in config.Peers)
        {
            Line($"  {peer.Name}", $"{string.Join(", ", peer.Addresses)}{Networks(peer)}; {Contact(config, peer)}", colon: false);
        }

        foreach (RendezvousConfig server in config.Rendezvous)
        {
            Line("Rendezvous", $"{server.Name} at {server.Endpoint}");
        }

        WriteWarnings(config, credentials);
    }

    public void Write(RendezvousServerConfig config, NodeCredentials credentials)
    {
        WriteService("Rendezvous", config, credentials);
        Line("Nodes", $"at most {config.MaxNodes}, each {config.RequestsPerSecond} requests a second");
        Line("Relay", config.Relay ? $"{config.RelayRateLimit} bytes a second for each pair" : "off");
        WriteWarnings(config, credentials);
    }

    private void WriteService(string label, ServiceConfig config, NodeCredentials credentials)
    {
        Line(label, credentials.Identity.Name);
        Line("Listen", config.Listen.ToString());
        Line("Certificate", $"{config.CertificatePath}, valid to {credentials.Certificate.NotAfter.ToUniversalTime():u}");
        Line("CA", $"{config.CaPath}{(credentials.TrustAnchors.Count > 1 ? $", {credentials.TrustAnchors.Count} certificates" : "")}");
        Line("Revocation", config.RevocationListPaths.Count == 0 ? "not checked" : string.Join(", ", config.RevocationListPaths));
        Line("Status socket", config.StatusSocket ?? "off");
        Line("Metrics", config.Metrics?.ToString() ?? "off");
    }

    private void WriteWarnings(ServiceConfig config, NodeCredentials credentials)
    {
        foreach (string warning in config.Warnings.Concat(credentials.Warnings))
        {
            Line("Warning", warning);
        }
    }

    private void Line(string label, string value, bool colon = true) => output.WriteLine($"{(colon ? label + ":" : label).PadRight(LabelWidth - 1)} {value}");

    private static string Peers(NodeConfig config) =>
        $"{config.Peers.Count} listed{(config.Discover ? ", others are accepted" : "")}, at most {config.MaxPeers}{(config.Forward ? "; packets are forwarded between them" : "")}";

    private static string Networks(PeerConfig peer) => peer.AllowedAddresses.Count == 0 ? "" : $", behind it {string.Join(", ", peer.AllowedAddresses)}";

    private static string Contact(NodeConfig config, PeerConfig peer)
    {
        string contact = peer.Endpoint is { } endpoint ? $"at {endpoint}" : config.Rendezvous.Count > 0 ? "found by rendezvous" : "calls this node";
        return peer.Persistent ? $"{contact}, persistent" : contact;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
