using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>
/// What a test needs from the machine, checked as its first statements: a missing thing skips the test with a reason that says what to
/// do, or fails it when the environment variable <c>FIFODTLS_REQUIRE_ALL</c> is <c>1</c>, so that a full run hides nothing.
/// </summary>
public static class Requires
{
    /// <summary>The environment variable that turns every skip of this class into a failure.</summary>
    public const string RequireAllVariable = "FIFODTLS_REQUIRE_ALL";

    private const string TunPath = "/dev/net/tun";

    /// <summary>The Debian package of each tool whose package has another name.</summary>
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["ip"] = "iproute2",
        ["tc"] = "iproute2",
        ["ss"] = "iproute2",
        ["nft"] = "nftables",
        ["ping"] = "iputils-ping",
        ["gnutls-cli"] = "gnutls-bin",
        ["gnutls-serv"] = "gnutls-bin",
        ["ps"] = "procps",
        ["sysctl"] = "procps",
    };

    private static readonly Lazy<string?> NamespaceFault = new(NetworkNamespaces.Probe);

    /// <summary>The test runs on Linux.</summary>
    public static void Linux()
    {
        if (!OperatingSystem.IsLinux())
        {
            Missing("This test needs Linux: run it there, for example in a Debian 12 virtual machine.");
        }
    }

    /// <summary>The test process has user id 0.</summary>
    public static void Root()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Missing("This test needs root: run `sudo dotnet test`.");
        }
    }

    /// <summary>The program <paramref name="name"/> is executable somewhere on the PATH.</summary>
    public static void Tool(string name)
    {
        if (FindTool(name) is null)
        {
            Missing($"This test needs the program '{name}' on the PATH: run `apt-get install {Packages.GetValueOrDefault(name, name)}`.");
        }
    }

    /// <summary>All programs of <paramref name="names"/> are executable somewhere on the PATH.</summary>
    public static void Tools(params string[] names)
    {
        foreach (string name in names)
        {
            Tool(name);
        }
    }

    /// <summary>The TUN driver is there and this process may open it.</summary>
    public static void TunDevice()
    {
        Linux();
        if (!File.Exists(TunPath))
        {
            Missing($"This test needs {TunPath}: run `modprobe tun`, or give the container the device.");
        }

        try
        {
            using FileStream device = new(TunPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Missing($"This test needs to open {TunPath} ({fault.Message}): run it as root, or give the container the device.");
        }
    }

    /// <summary>Network namespaces can be made: Linux, root, the program <c>ip</c> and a kernel that permits it.</summary>
    public static void NetworkNamespace()
    {
        Linux();
        Root();
        Tool("ip");
        if (NamespaceFault.Value is { } fault)
        {
            Missing($"This test needs network namespaces and veth pairs ({fault}): give the container CAP_SYS_ADMIN and CAP_NET_ADMIN.");
        }
    }

    /// <summary>
    /// IPv6 works on loopback. Always a skip when missing: it is the machine's kernel configuration, not something to install.
    /// </summary>
    public static void IPv6()
    {
        if (!LoopbackIPv6.IsAvailable)
        {
            Assert.Ignore("This test needs IPv6 on loopback: run `sysctl -w net.ipv6.conf.lo.disable_ipv6=0`.");
        }
    }

    /// <summary>The full path of <paramref name="name"/> on the PATH, or null.</summary>
    public static string? FindTool(string name)
    {
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (string directory in directories)
        {
            string candidate = Path.Combine(directory, name);
            if (IsExecutable(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0);
    }

    private static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable(RequireAllVariable) == "1")
        {
            Assert.Fail($"{reason} ({RequireAllVariable}=1 makes this a failure.)");
        }

        Assert.Ignore(reason);
    }
}
