using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace FifoVpn.Tests.Support;

/// <summary>
/// Runs code on a thread of its own in a fresh network namespace, which goes with the thread and the descriptors made there. Needs root
/// and the TUN
/// driver: without them the test is skipped, or fails when FIFODTLS_REQUIRE_ALL=1 says that everything has to run.
/// </summary>
internal static partial class NetworkNamespace
{
    private const int CloneNewNetwork = 0x40000000;
    private const uint CapabilityVersion3 = 0x20080522;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static void Run(Action body)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/dev/net/tun"))
        {
            SkipOrFail("needs Linux, root and /dev/net/tun");
        }

        int unshareError = 0;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            if (Unshare(CloneNewNetwork) != 0)
            {
                unshareError = Marshal.GetLastPInvokeError();
                return;
            }

            try
            {
                body();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true, Name = "network namespace" };
        thread.Start();
        if (!thread.Join(Limit))
        {
            Assert.Fail($"the test did not end within {Limit}");
        }

        failure?.Throw();
        if (unshareError != 0)
        {
            SkipOrFail($"cannot make a network namespace: {Marshal.GetPInvokeErrorMessage(unshareError)}");
        }
    }

    /// <summary>Takes all capabilities from the calling thread, for good: only for use inside <see cref="Run"/>.</summary>
    public static void DropCapabilities()
    {
        CapabilityHeader header = new() { Version = CapabilityVersion3 };
        Assert.That(SetCapabilities(in header, new uint[6]), Is.Zero, "capset");
    }

    public static void SkipOrFail(string reason)
    {
        if (Environment.GetEnvironmentVariable("FIFODTLS_REQUIRE_ALL") == "1")
        {
            Assert.Fail($"FIFODTLS_REQUIRE_ALL=1, but the test {reason}");
        }

        Assert.Ignore(reason);
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities(in CapabilityHeader header, uint[] data);

    private struct CapabilityHeader
    {
        public uint Version;
        public int ProcessId;
    }
}
