namespace FifoDtls.TestSupport;

/// <summary>
/// A home router in a namespace of its own: nftables masquerading between the hosts behind it and the internet of a <see cref="NatNetwork"/>, and nothing let in that nobody
/// inside has asked for.
/// </summary>
public sealed class NatRouter
{
    private const string Wan = "veth0"; // the first link that the router was given

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly NetworkNamespaces _namespaces;

    internal NatRouter(NetworkNamespaces namespaces, int index, string publicAddress)
    {
        _namespaces = namespaces;
        Index = index;
        PublicAddress = publicAddress;
        Nft(
            "add table ip guard",
            "add chain ip guard input { type filter hook input priority 0; policy accept; }",
            $"add rule ip guard input iifname {Wan} ct state established,related accept",
            $"add rule ip guard input iifname {Wan} drop", // silently: a mapping must not be made, nor refused, by what comes too early
            "add chain ip guard forward { type filter hook forward priority 0; policy accept; }",
            "add rule ip guard forward ct status dnat accept",
            $"add rule ip guard forward iifname {Wan} ct state new drop",
            "add chain ip guard outgoing { type filter hook forward priority -10; policy accept; }");
    }

    /// <summary>The index of the router's namespace.</summary>
    public int Index { get; }

    /// <summary>The address that all hosts behind the router have outside.</summary>
    public string PublicAddress { get; }

    internal int Hosts { get; set; }

    /// <summary>Changes the kind; mappings that were made stay until <see cref="Flush"/>.</summary>
    /// <param name="innerPort">The port that a full cone leads to the first host.</param>
    /// <param name="publicPorts">The range of public ports for UDP, such as 20000-20999; null for those of the kind.</param>
    public void Become(NatKind kind, int innerPort, string? publicPorts = null)
    {
        string how = kind == NatKind.Symmetric ? "masquerade random,fully-random" : "masquerade persistent";
        List<string> rules =
        [
            "add table ip nat",
            "flush table ip nat",
            "add chain ip nat outgoing { type nat hook postrouting priority 100; }",
            "add chain ip nat incoming { type nat hook prerouting priority -100; }",
        ];
        if (publicPorts is not null)
        {
            rules.Add($"add rule ip nat outgoing oifname {Wan} meta l4proto udp masquerade to :{publicPorts}");
        }

        rules.Add($"add rule ip nat outgoing oifname {Wan} {how}");
        if (kind == NatKind.FullCone)
        {
            rules.Add($"add rule ip nat incoming iifname {Wan} udp dport {innerPort} dnat to {NatNetwork.InnerAddress(0)}");
        }

        Nft([.. rules]);
    }

    /// <summary>
    /// Leads what the hosts behind the router send to its public address back to them, as their public endpoints (hairpinning, RFC 4787 §6). For that each host so far has a
    /// public port of its own.
    /// </summary>
    /// <param name="innerPort">The port of the hosts that this is done for.</param>
    public void Hairpin(int innerPort)
    {
        for (int host = 0; host < Hosts; host++)
        {
            string from = $"ip saddr {NatNetwork.InnerAddress(host)} udp sport {innerPort}";
            Nft(
                $"insert rule ip nat outgoing {from} oifname {Wan} snat to {PublicAddress}:{HairpinPort(host)}",
                $"insert rule ip nat outgoing {from} ct status dnat snat to {PublicAddress}:{HairpinPort(host)}",
                $"add rule ip nat incoming iifname != {Wan} ip daddr {PublicAddress} udp dport {HairpinPort(host)} dnat to {NatNetwork.InnerAddress(host)}:{innerPort}");
        }
    }

    /// <summary>The public port of the n-th host after <see cref="Hairpin"/>.</summary>
    public static int HairpinPort(int host) => 20_000 + host;

    /// <summary>Forgets all mappings, as a router that was restarted.</summary>
    public void Flush() => _namespaces.Run(Index, Limit, "conntrack", "-F").EnsureSuccess();

    /// <summary>Lets nothing pass any more between the hosts behind the router.</summary>
    public void SeparateHosts() => Nft($"add rule ip guard forward iifname != {Wan} oifname != {Wan} drop");

    /// <summary>Lets UDP pass to and from this address only, as some company's firewall does; null: everything again.</summary>
    public void AllowOnly(string? address)
    {
        Nft("flush chain ip guard outgoing");
        if (address is not null)
        {
            Nft($"add rule ip guard outgoing meta l4proto udp ip saddr != {address} ip daddr != {address} drop");
        }
    }

    private void Nft(params string[] commands) =>
        _namespaces.Run(Index, Limit, "nft", [string.Join("; ", commands)]).EnsureSuccess();
}
