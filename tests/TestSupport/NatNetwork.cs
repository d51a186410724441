namespace FifoDtls.TestSupport;

/// <summary>
/// An internet in one namespace, which routes and has two addresses for servers, and around it NAT routers with hosts behind them and hosts without NAT. A test calls
/// <see cref="Require"/> first.
/// </summary>
public sealed class NatNetwork : IDisposable
{
    /// <summary>The index of the internet's namespace.</summary>
    public const int Internet = 0;

    /// <summary>An address of the internet's own namespace, for a server.</summary>
    public const string FirstServer = "203.0.113.1";

    /// <summary>The other address of the internet's own namespace.</summary>
    public const string SecondServer = "203.0.113.2";

    /// <summary>An IPv6 address of the internet's own namespace, for a server.</summary>
    public const string ServerIPv6 = "2001:db8::1";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private int _links;

    /// <summary>Makes the internet.</summary>
    public NatNetwork()
    {
        Namespaces = NetworkNamespaces.Create(1);
        try
        {
            Route(Internet);
            Ip(Internet, "address", "add", FirstServer + "/32", "dev", "lo");
            Ip(Internet, "address", "add", SecondServer + "/32", "dev", "lo");
            if (LoopbackIPv6.IsAvailable)
            {
                Ip(Internet, "address", "add", ServerIPv6 + "/128", "dev", "lo", "nodad");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The namespaces, for programs to be started in.</summary>
    public NetworkNamespaces Namespaces { get; }

    /// <summary>Skips the calling test where such a network can't be made.</summary>
    public static void Require()
    {
        Requires.NetworkNamespace();
        Requires.Tools("nft", "conntrack");
    }

    /// <summary>The address of the n-th host behind any router.</summary>
    public static string InnerAddress(int host) => $"192.168.{host}.2";

    /// <summary>Adds a NAT router.</summary>
    /// <param name="innerPort">The port that a full cone leads to the first host.</param>
    public NatRouter AddRouter(NatKind kind, int innerPort)
    {
        (int index, string address) = AddPublicHost();
        Route(index);
        NatRouter router = new(Namespaces, index, address);
        router.Become(kind, innerPort);
        return router;
    }

    /// <summary>Adds a host behind a router.</summary>
    /// <returns>The index of its namespace; its interface is <c>veth0</c>, its address that of <see cref="InnerAddress"/>.</returns>
    public int AddHost(NatRouter router)
    {
        int index = Add();
        int host = router.Hosts++;
        Namespaces.Connect(router.Index, [$"192.168.{host}.1/24"], index, [InnerAddress(host) + "/24"]);
        Ip(index, "route", "add", "default", "via", $"192.168.{host}.1");
        return index;
    }

    /// <summary>Adds a host without NAT, and with IPv6 where the machine has it.</summary>
    /// <returns>The index of its namespace, and its IPv4 address on <c>veth0</c>.</returns>
    public (int Index, string Address) AddPublicHost()
    {
        int index = Add();
        int link = _links++;
        string network = $"198.51.{link}";
        bool ipv6 = LoopbackIPv6.IsAvailable;
        Namespaces.Connect(
            Internet, ipv6 ? [network + ".1/24", $"2001:db8:{link + 1}::1/64"] : [network + ".1/24"], index, ipv6 ? [network + ".2/24", PublicIPv6(link) + "/64"] : [network + ".2/24"]);
        Ip(index, "route", "add", "default", "via", network + ".1");
        if (ipv6)
        {
            Ip(index, "-6", "route", "add", "default", "via", $"2001:db8:{link + 1}::1");
        }

        return (index, network + ".2");
    }

    /// <summary>The IPv6 address of the n-th router or host that was put on the internet.</summary>
    public static string PublicIPv6(int link) => $"2001:db8:{link + 1}::2";

    /// <summary>Sets the MTU of the n-th link of the internet, on both sides.</summary>
    /// <param name="index">The namespace at the link's other end.</param>
    public void SetMtu(int link, int index, int mtu)
    {
        Ip(Internet, "link", "set", $"veth{link}", "mtu", $"{mtu}");
        Ip(index, "link", "set", "veth0", "mtu", $"{mtu}");
    }

    /// <inheritdoc/>
    public void Dispose() => Namespaces.Dispose();

    private int Add()
    {
        Namespaces.Add();
        return Namespaces.Count - 1;
    }

    private void Route(int index) => Namespaces.Run(
        index, Limit, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; f=/proc/sys/net/ipv6/conf/all/forwarding; [ ! -e $f ] || echo 1 > $f").EnsureSuccess();

    private void Ip(int index, params string[] arguments) => ChildProcess.Run(Limit, "ip", ["-n", Namespaces[index], .. arguments]).EnsureSuccess();
}
