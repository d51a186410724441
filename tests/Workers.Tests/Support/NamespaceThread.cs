using System.Runtime.InteropServices;
using FifoDtls.TestSupport;
using Microsoft.Win32.SafeHandles;

namespace FifoDtls.Tests;

/// <summary>Makes things in a network namespace: a socket belongs for good to the namespace of the thread that made it.</summary>
internal static partial class NamespaceThread
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    internal static T Make<T>(string name, Func<T> make) => BlockingThread.Start("maker in " + name, () =>
    {
        using SafeFileHandle file = File.OpenHandle("/var/run/netns/" + name);
        Assert.That(setns(file, NetworkNamespace), Is.Zero, $"errno {Marshal.GetLastPInvokeError()}");
        return make();
    }).Join(TestEndpoints.Limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeHandle file, int kind);
}
