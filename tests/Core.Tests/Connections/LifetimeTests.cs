using System.Runtime.CompilerServices;
using FifoDtls.Interop;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What a connection holds is given back by Dispose, not by a finalizer, whatever has happened to it.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class LifetimeTests
{
    private const int Cycles = 500;

    [Test]
    public void No_SSL_stays_behind_after_many_associations_and_failed_handshakes()
    {
        List<SafeSslHandle> handles = [];
        List<WeakReference> bios = [];
        // Owned by a thread that ends, so that no stack slot keeps the last connection.
        Watchdog.Run(Limits.LongWatchdog, () => ConnectAndClose(handles, bios), "500 cycles");
        Assert.That(handles, Has.Count.EqualTo(2 * Cycles));
        Assert.That(handles.Count(handle => !handle.IsClosed), Is.Zero, "SSLs that Dispose has not freed");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        // A BIO's object is held by a GC handle that only the native BIO's end frees; the SSL's SafeHandles still live, so no finalizer did it.
        Assert.That(bios.Count(bio => bio.IsAlive), Is.Zero, "BIOs that libssl still holds");
        GC.KeepAlive(handles);
    }

    [Test]
    public void An_association_goes_on_after_its_context_and_credentials_are_disposed()
    {
        DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [TestPki.Ca] });
        DtlsContext client = TestContexts.Make(TestPki.Client, TestPki.Ca);
        credentials.Dispose();
        using DtlsPair pair = new(client, server);
        client.Dispose();
        server.Dispose();
        pair.Handshake();
        pair.AssertAlive();
    }

    [Test]
    public void Concurrent_disposal_sending_and_receiving_ends_in_documented_outcomes()
    {
        for (int round = 0; round < 50; round++)
        {
            using DtlsPair pair = DtlsPair.Established(recording: false);
            BlockingThread sender = BlockingThread.Start("sender", () => SendUntilDisposed(pair.Client));
            BlockingThread receiver = BlockingThread.Start("receiver", () => ReceiveUntilDisposed(pair.Client));
            Eventually.True(() => pair.Server.TryReceive(new byte[100], out _), Limits.Watchdog, "the sender sends");
            pair.Client.Dispose();
            BlockingThread.JoinAll(Limits.Watchdog, sender, receiver);
        }
    }

    private static void SendUntilDisposed(DtlsConnection connection)
    {
        try
        {
            while (true)
            {
                connection.Send([1, 2, 3]);
            }
        }
        catch (ObjectDisposedException)
        {
            // What ends it.
        }
    }

    private static void ReceiveUntilDisposed(DtlsConnection connection)
    {
        try
        {
            while (true)
            {
                _ = connection.Receive(new byte[10]);
            }
        }
        catch (ObjectDisposedException)
        {
            // What ends it.
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ConnectAndClose(List<SafeSslHandle> handles, List<WeakReference> bios)
    {
        using DtlsContext stranger = TestContexts.Make(TestPki.ServerOfOtherCa, TestPki.Ca);
        for (int cycle = 0; cycle < Cycles; cycle++)
        {
            DtlsPair pair = new(server: cycle % 3 == 1 ? stranger : null, recording: false);
            switch (cycle % 3)
            {
                case 0:
                    pair.Handshake();
                    pair.AssertAlive();
                    break;
                case 1:
                    Assert.That(pair.HandshakeFailures().Client, Is.InstanceOf<DtlsCertificateException>());
                    break;
                default: // one that is given up in the middle
                    Assert.That(() => pair.Client.Handshake(TimeSpan.Zero), Throws.InstanceOf<TimeoutException>());
                    Assert.That(() => pair.Server.Handshake(TimeSpan.Zero), Throws.InstanceOf<TimeoutException>());
                    break;
            }

            foreach (DtlsConnection connection in (DtlsConnection[])[pair.Client, pair.Server])
            {
                handles.Add(SslOf(connection));
                bios.Add(new WeakReference(BioOf(connection)));
            }

            pair.Dispose();
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ssl")]
    private static extern ref SafeSslHandle SslOf(DtlsConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_bio")]
    private static extern ref FifoBio BioOf(DtlsConnection connection);
}
