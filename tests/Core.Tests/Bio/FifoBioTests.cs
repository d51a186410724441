using System.Net.Sockets;
using System.Runtime.CompilerServices;
using FifoDtls.Interop;

namespace FifoDtls.Tests;

/// <summary>Reading and writing through a native FIFO BIO, as libssl does.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class FifoBioTests
{
    private static byte[] Datagram(byte fill, int size = 20)
    {
        byte[] fragment = new byte[size];
        fragment.AsSpan().Fill(fill);
        return Tests.Records.Make(DtlsRecord.ApplicationData, 1, 0, fragment);
    }

    [Test]
    public void A_read_of_an_empty_FIFO_does_not_wait_and_asks_to_be_repeated()
    {
        using NativeBio bio = new();
        Assert.That(bio.Read(new byte[100]), Is.EqualTo(-1));
        Assert.That(bio.ShouldRetryRead, Is.True);
    }

    [Test]
    public void A_read_that_yields_clears_the_retry_flag_and_keeps_boundaries()
    {
        using NativeBio bio = new();
        byte[] buffer = new byte[2000];
        _ = bio.Read(buffer);
        byte[][] datagrams = [Datagram(1), Datagram(2, 1387), Datagram(3, 1)];
        foreach (byte[] datagram in datagrams)
        {
            bio.Fifo.Push(datagram);
        }

        foreach (byte[] datagram in datagrams)
        {
            int length = bio.Read(buffer);
            Assert.That(buffer[..Math.Max(length, 0)], Is.EqualTo(datagram));
            Assert.That(bio.ShouldRetry, Is.False);
        }

        Assert.That(bio.Read(buffer), Is.EqualTo(-1));
    }

    [Test]
    public void A_write_is_one_datagram_at_once()
    {
        using NativeBio bio = new();
        Assert.That(bio.Write([1, 2, 3]), Is.EqualTo(3));
        Assert.That(bio.Write([4]), Is.EqualTo(1));
        Assert.That(bio.Sent, Is.EqualTo(new byte[][] { [1, 2, 3], [4] }));
        Assert.That(bio.Managed.Counters.DatagramsSent, Is.EqualTo(2));
        Assert.That(bio.ShouldRetry, Is.False);
    }

    [Test]
    public void Garbage_is_dropped_and_counted_and_what_follows_is_read()
    {
        using NativeBio bio = new();
        byte[] good = Datagram(7);
        bio.Fifo.Push([]);
        bio.Fifo.Push([1, 2, 3]);
        bio.Fifo.Push(Datagram(8)[..^1]);
        bio.Fifo.Push(good);
        byte[] buffer = new byte[100];
        Assert.That(bio.Read(buffer), Is.EqualTo(good.Length));
        Assert.That(buffer[..good.Length], Is.EqualTo(good));
        Assert.That((bio.Managed.Counters.DatagramsReceived, bio.Managed.Counters.DatagramsInvalid), Is.EqualTo((4L, 3L)));
    }

    [Test]
    public void The_implausible_end_of_a_datagram_is_cut_off()
    {
        using NativeBio bio = new();
        byte[] good = Datagram(7);
        bio.Fifo.Push([.. good, .. Datagram(8)[..^1]]);
        Assert.That(bio.Read(new byte[100]), Is.EqualTo(good.Length));
    }

    [Test]
    public void One_call_takes_a_bounded_number_of_worthless_datagrams()
    {
        int taken = 0;
        ScriptedTransport flood = new() { Source = _ => ++taken == 0 ? 1 : 0 };
        using NativeBio bio = new(flood);
        Assert.That(bio.Read(new byte[100]), Is.EqualTo(-1));
        Assert.That(bio.ShouldRetryRead, Is.True);
        Assert.That(taken, Is.EqualTo(64));
    }

    [Test]
    public void A_transport_that_throws_on_Send_does_not_throw_into_native_code()
    {
        SocketException failure = new((int)SocketError.MessageSize);
        using NativeBio bio = new(new ScriptedTransport { OnSend = () => throw failure });
        Assert.That(bio.Write([1]), Is.EqualTo(-1));
        Assert.That(bio.ShouldRetry, Is.False);
        Assert.That(bio.Managed.TransportFailure, Is.SameAs(failure));
        bio.Managed.BeginCall();
        Assert.That(bio.Managed.TransportFailure, Is.Null);
    }

    [Test]
    public void A_transport_that_throws_on_TryReceive_does_not_throw_into_native_code()
    {
        IOException failure = new("The link is down.");
        using NativeBio bio = new(new ScriptedTransport { Source = _ => throw failure });
        Assert.That(bio.Read(new byte[100]), Is.EqualTo(-1));
        Assert.That(bio.ShouldRetry, Is.False, "an error is not \"nothing yet\"");
        Assert.That(bio.Managed.TransportFailure, Is.SameAs(failure));
    }

    [Test]
    public void Freeing_the_native_BIO_lets_the_managed_one_go()
    {
        (WeakReference managed, SafeBioHandle handle) = MakeAndForget();
        Collect();
        Assert.That(managed.IsAlive, Is.True, "the native BIO holds it");
        handle.Dispose();
        Collect();
        Assert.That(managed.IsAlive, Is.False);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Managed, SafeBioHandle Handle) MakeAndForget()
    {
        Libraries.EnsureLoaded();
        FifoBio bio = new(new ScriptedTransport(), 1400);
        return (new WeakReference(bio), bio.CreateNative());
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
