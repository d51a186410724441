using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>Runs code of the test itself in a network namespace. A socket that was made there stays there, whichever thread uses it later.</summary>
public static class NamespaceThread
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Runs <paramref name="body"/> on a thread of its own, which ends with it: no other code ever runs in the namespace.</summary>
    /// <param name="name">The namespace, as <c>ip netns</c> lists it.</param>
    public static T Run<T>(string name, Func<T> body) => Watchdog.Run(
        Limit,
        () =>
        {
            using SafeFileHandle handle = File.OpenHandle($"/var/run/netns/{name}");
            return Interop.Libc.SetNamespace(handle, NetworkNamespace) == 0
                ? body()
                : throw new AssertionException($"the namespace {name} can't be entered: {Marshal.GetLastPInvokeErrorMessage()}");
        },
        $"code in the namespace {name}");
}
