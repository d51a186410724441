using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>libcrypto tells when an object with application data is made and freed (CRYPTO_get_ex_new_index(3)): so libssl's own objects are counted, whoever holds them.</summary>
[TestFixture, NonParallelizable] // it counts those of the whole process
internal sealed unsafe partial class NativeObjectsTests
{
    private static readonly (int Class, string Name)[] Classes = [(0, "SSL"), (1, "SSL_CTX"), (2, "SSL_SESSION")];
    private static readonly ConcurrentDictionary<nint, string> Living = [];
    private static int _made;

    [Test, CancelAfter(120_000)]
    public void Nothing_is_left_of_two_hundred_associations([Values] bool tickets)
    {
        Living.Clear();
        _made = 0;
        int[] indices = [.. Classes.Select(one => CRYPTO_get_ex_new_index(one.Class, new CLong(one.Class), 0, &OnMade, 0, &OnFreed))];
        try
        {
            Associate(tickets);
        }
        finally
        {
            foreach (((int objectClass, _), int index) in Classes.Zip(indices))
            {
                Assert.That(CRYPTO_free_ex_index(objectClass, index), Is.EqualTo(1));
            }
        }

        Assert.That(_made, Is.GreaterThan(400 + 2), "objects that were made");
        Assert.That(Living.Values, Is.Empty, "objects that live on");
    }

    private static void Associate(bool tickets)
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = tickets ? Tickets.Server(new DtlsTicketOptions()) : Tickets.Client(certificate: TestPki.Server);
        DtlsSession? session = null;
        int resumed = 0;
        for (int i = 0; i < 200; i++)
        {
            using DtlsPair pair = Tickets.Pair(client, server, i % 4 == 0 ? null : session);
            pair.Handshake();
            pair.Server.BuffersKept = TimeSpan.FromTicks(1);
            pair.AssertAlive();
            _ = pair.Server.Receive(new byte[1], TimeSpan.FromMilliseconds(1)); // idles, and gives its buffers back
            session?.Dispose();
            session = pair.Client.ExportSession()!;
            resumed += pair.Server.Negotiated!.WasResumed ? 1 : 0;
        }

        session!.Dispose();
        Assert.That((resumed, Tickets.Cached(server)), Is.EqualTo((150, tickets ? 0 : 50)));
        Assert.That(
            Classes.Select(one => Living.Values.Count(name => name == one.Name)), Is.EqualTo(new[] { 0, 2, tickets ? 0 : 50 }), "what lives on until the contexts go: they themselves, and the cache");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMade(nint parent, nint pointer, nint data, int index, CLong objectClass, nint argument)
    {
        Interlocked.Increment(ref _made);
        Living[parent] = Classes[(int)objectClass.Value].Name;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFreed(nint parent, nint pointer, nint data, int index, CLong objectClass, nint argument) => Living.TryRemove(parent, out _);

    [LibraryImport("libcrypto.so.3")]
    private static partial int CRYPTO_get_ex_new_index(
        int objectClass,
        CLong number,
        nint argument,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int, CLong, nint, void> made,
        nint copied,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int, CLong, nint, void> freed);

    [LibraryImport("libcrypto.so.3")]
    private static partial int CRYPTO_free_ex_index(int objectClass, int index);
}
