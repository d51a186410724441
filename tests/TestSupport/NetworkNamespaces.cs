using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>
/// Network namespaces with unique names, joined by veth pairs: a private network of two or more hosts that no traffic leaves. Addressed by
/// index, from 0. <see cref="Dispose"/> kills what still runs inside and removes all of it, and so does a failed set-up.
/// A test calls <see cref="Requires.NetworkNamespace"/> first.
/// </summary>
public sealed class NetworkNamespaces : IDisposable
{
    /// <summary>The IPv4 address of the first namespace of <see cref="CreatePair"/>.</summary>
    public const string FirstIPv4 = "10.77.0.1";

    /// <summary>The IPv4 address of the second namespace of <see cref="CreatePair"/>.</summary>
    public const string SecondIPv4 = "10.77.0.2";

    /// <summary>The IPv6 address of the first namespace of <see cref="CreatePair"/>, where the machine has IPv6.</summary>
    public const string FirstIPv6 = "fd77::1";

    /// <summary>The IPv6 address of the second namespace of <see cref="CreatePair"/>, where the machine has IPv6.</summary>
    public const string SecondIPv6 = "fd77::2";

    private static readonly TimeSpan SetupLimit = TimeSpan.FromSeconds(20);
    private static int LastNumber;

    private readonly List<string> _names = [];
    private readonly List<int> _linkCounts = [];

    private NetworkNamespaces()
    {
    }

    /// <summary>How many namespaces there are.</summary>
    public int Count => _names.Count;

    /// <summary>The name of a namespace, as <c>ip netns</c> lists it.</summary>
    public string this[int index] => _names[index];

    /// <summary>
    /// Two namespaces joined by one veth pair, <c>veth0</c> on both sides, by default with the addresses that this class has as constants.
    /// Addresses have a prefix length.
    /// </summary>
    public static NetworkNamespaces CreatePair(string[]? firstAddresses = null, string[]? secondAddresses = null)
    {
        NetworkNamespaces created = Create(2);
        created.OrDispose(() => created.Connect(
            0,
            firstAddresses ?? DefaultAddresses(FirstIPv4, FirstIPv6),
            1,
            secondAddresses ?? DefaultAddresses(SecondIPv4, SecondIPv6)));
        return created;
    }

    /// <summary>Namespaces with only loopback, to be joined by <see cref="Connect"/>.</summary>
    public static NetworkNamespaces Create(int count)
    {
        NetworkNamespaces created = new();
        created.OrDispose(() =>
        {
            for (int index = 0; index < count; index++)
            {
                created.Add();
            }
        });
        return created;
    }

    /// <summary>
    /// Joins two namespaces by a veth pair that is up on both sides, with the addresses given (IPv4 or IPv6, each with a prefix length,
    /// usable at once). The n-th link of a namespace is its interface <c>vethN</c>, from 0.
    /// </summary>
    public VethLink Connect(int first, string[] firstAddresses, int second, string[] secondAddresses)
    {
        VethLink link = new($"veth{_linkCounts[first]++}", $"veth{_linkCounts[second]++}");
        Ip("-n", this[first], "link", "add", link.FirstInterface, "type", "veth", "peer", "name", link.SecondInterface, "netns", this[second]);
        BringUp(first, link.FirstInterface, firstAddresses);
        BringUp(second, link.SecondInterface, secondAddresses);
        return link;
    }

    /// <summary>Runs a program in a namespace to its end; fails when that takes longer than <paramref name="limit"/>.</summary>
    public ProcessResult Run(int index, TimeSpan limit, string program, params string[] arguments) =>
        ChildProcess.Run(Options(index), limit, program, arguments);

    /// <summary>Starts a program in a namespace.</summary>
    public ChildProcess Start(int index, string program, params string[] arguments) =>
        ChildProcess.Start(Options(index), program, arguments);

    /// <summary>Starts a .NET program in a namespace; see <see cref="ChildProcess.StartDotnet(string, string[])"/>.</summary>
    public ChildProcess StartDotnet(int index, string assemblyName, params string[] arguments) =>
        ChildProcess.StartDotnet(Options(index), assemblyName, arguments);

    /// <summary>The options that start a <see cref="ChildProcess"/> in a namespace, to be refined with <c>with</c>.</summary>
    public ChildProcessOptions Options(int index) => new() { NetworkNamespace = this[index] };

    /// <summary>Kills what still runs inside, and removes the namespaces and with them the veth pairs.</summary>
    public void Dispose()
    {
        List<string> faults = [];
        foreach (string name in _names)
        {
            // A namespace whose name is deleted lives on as long as a process is in it.
            ProcessResult inside = ChildProcess.Run(SetupLimit, "ip", "netns", "pids", name);
            foreach (string pid in inside.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Interop.Libc.Kill(int.Parse(pid), ChildProcess.SigKill);
            }

            ProcessResult removed = ChildProcess.Run(SetupLimit, "ip", "netns", "del", name);
            if (removed.ExitCode != 0)
            {
                faults.Add($"{name}: {removed.Error.Trim()}");
            }
        }

        _names.Clear();
        if (faults.Count > 0)
        {
            throw new AssertionException("Network namespaces were not removed: " + string.Join("; ", faults));
        }
    }

    /// <summary>Why namespaces and veth pairs cannot be made here, or null when they can.</summary>
    internal static string? Probe()
    {
        try
        {
            using NetworkNamespaces probe = Create(2);
            probe.Connect(0, [], 1, []);
            return null;
        }
        catch (AssertionException fault)
        {
            return fault.Message.ReplaceLineEndings(" ").Trim();
        }
    }

    private static string[] DefaultAddresses(string ipv4, string ipv6) =>
        LoopbackIPv6.IsAvailable ? [ipv4 + "/24", ipv6 + "/64"] : [ipv4 + "/24"];

    private static void Ip(params string[] arguments) => ChildProcess.Run(SetupLimit, "ip", arguments).EnsureSuccess();

    /// <summary>Adds a namespace with only loopback; its index is the last.</summary>
    internal void Add()
    {
        string name = $"fdtls{Environment.ProcessId}n{Interlocked.Increment(ref LastNumber)}";
        Ip("netns", "add", name);
        _names.Add(name);
        _linkCounts.Add(0);
        Ip("-n", name, "link", "set", "lo", "up");
        // Link-local addresses are made by the kernel, so `nodad` cannot be given for them.
        Run(Count - 1, SetupLimit, "sh", "-c", "f=/proc/sys/net/ipv6/conf/default/accept_dad; [ ! -e $f ] || echo 0 > $f").EnsureSuccess();
    }

    private void BringUp(int index, string interfaceName, string[] addresses)
    {
        foreach (string address in addresses)
        {
            string[] noDetection = address.Contains(':') ? ["nodad"] : [];
            Ip(["-n", this[index], "address", "add", address, "dev", interfaceName, .. noDetection]);
        }

        Ip("-n", this[index], "link", "set", interfaceName, "up");
    }

    private void OrDispose(Action setup)
    {
        try
        {
            setup();
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
