using System.Runtime.InteropServices;
using FifoDtls.Interop;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The controls that OpenSSL's own datagram BIO answers, asked through <c>BIO_ctrl</c>.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed unsafe class FifoBioControlTests
{
    [Test]
    public void The_numbers_of_the_controls_are_those_of_bio_h()
    {
        // Copied from OpenSSL 3's bio.h: a wrong number here and there would agree with each other.
        int[] numbers =
        [
            FifoBio.ControlReset, FifoBio.ControlEof, FifoBio.ControlGetClose, FifoBio.ControlSetClose, FifoBio.ControlPending,
            FifoBio.ControlFlush, FifoBio.ControlDup, FifoBio.ControlWritePending, FifoBio.ControlSetReceiveTimeout,
            FifoBio.ControlGetReceiveTimeout, FifoBio.ControlGetReceiveTimerExpired, FifoBio.ControlQueryMtu, FifoBio.ControlGetMtu,
            FifoBio.ControlSetMtu, FifoBio.ControlMtuExceeded, FifoBio.ControlSetPeer, FifoBio.ControlSetNextTimeout,
            FifoBio.ControlGetPeer, FifoBio.ControlGetFallbackMtu, FifoBio.ControlGetMtuOverhead,
        ];
        Assert.That(numbers, Is.EqualTo(new[] { 1, 2, 8, 9, 10, 11, 12, 13, 33, 34, 37, 40, 41, 42, 43, 44, 45, 46, 47, 49 }));
    }

    [Test]
    public void FLUSH_succeeds_and_nothing_is_ever_pending_or_at_its_end()
    {
        using NativeBio bio = new();
        bio.Fifo.Push(Tests.Records.Make(DtlsRecord.ApplicationData, 1, 0, new byte[20]));
        Assert.That(bio.Control(FifoBio.ControlFlush), Is.EqualTo(1));
        Assert.That(bio.Control(FifoBio.ControlPending), Is.Zero);
        Assert.That(bio.Control(FifoBio.ControlWritePending), Is.Zero);
        Assert.That(bio.Control(FifoBio.ControlEof), Is.Zero, "an end of file would turn \"nothing yet\" into a fatal error");
        bio.Fifo.Complete();
        Assert.That(bio.Control(FifoBio.ControlEof), Is.Zero);
    }

    [Test]
    public void RESET_does_nothing()
    {
        using NativeBio bio = new();
        bio.Fifo.Push(Tests.Records.Make(DtlsRecord.ApplicationData, 1, 0, new byte[20]));
        Assert.That(bio.Control(FifoBio.ControlReset), Is.Zero);
        Assert.That(bio.Read(new byte[100]), Is.EqualTo(33));
    }

    [Test]
    public void CLOSE_is_kept_as_it_was_set()
    {
        using NativeBio bio = new();
        Assert.That(bio.Control(FifoBio.ControlSetClose, 0), Is.EqualTo(1));
        Assert.That(bio.Control(FifoBio.ControlGetClose), Is.Zero);
        Assert.That(bio.Control(FifoBio.ControlSetClose, 1), Is.EqualTo(1));
        Assert.That(bio.Control(FifoBio.ControlGetClose), Is.EqualTo(1));
    }

    [Test]
    public void The_receive_timeout_is_given_back_as_it_was_set()
    {
        using NativeBio bio = new();
        FifoBio.NativeTimeval set = new() { Seconds = new CLong(3), Microseconds = new CLong(250_000) };
        FifoBio.NativeTimeval got = default;
        Assert.That(bio.Control(FifoBio.ControlSetReceiveTimeout, ref set), Is.EqualTo(1));
        Assert.That(bio.Control(FifoBio.ControlGetReceiveTimeout, ref got), Is.EqualTo(sizeof(FifoBio.NativeTimeval)));
        Assert.That((got.Seconds.Value, got.Microseconds.Value), Is.EqualTo(((nint)3, (nint)250_000)));
        Assert.That(bio.Control(FifoBio.ControlGetReceiveTimeout), Is.Zero, "there is nowhere to write it");
    }

    [Test]
    public void SET_NEXT_TIMEOUT_is_remembered()
    {
        using NativeBio bio = new();
        FifoBio.NativeTimeval next = new() { Seconds = new CLong(1_700_000_000), Microseconds = new CLong(5) };
        Assert.That(bio.Control(FifoBio.ControlSetNextTimeout, ref next), Is.EqualTo(1));
        Assert.That((bio.Managed.NextTimeout.Seconds.Value, bio.Managed.NextTimeout.Microseconds.Value), Is.EqualTo(((nint)1_700_000_000, (nint)5)));
        Assert.That(bio.Control(FifoBio.ControlSetNextTimeout), Is.EqualTo(1), "no pointer stops the timer");
        Assert.That(bio.Managed.NextTimeout.Seconds.Value, Is.EqualTo((nint)0));
    }

    [Test]
    public void GET_RECV_TIMER_EXP_tells_whether_the_last_read_found_nothing()
    {
        using NativeBio bio = new();
        byte[] buffer = new byte[100];
        Assert.That(bio.Control(FifoBio.ControlGetReceiveTimerExpired), Is.Zero);
        _ = bio.Read(buffer);
        Assert.That(bio.Control(FifoBio.ControlGetReceiveTimerExpired), Is.EqualTo(1));
        bio.Fifo.Push(Tests.Records.Make(DtlsRecord.ApplicationData, 1, 0, new byte[20]));
        _ = bio.Read(buffer);
        Assert.That(bio.Control(FifoBio.ControlGetReceiveTimerExpired), Is.Zero);
    }

    [TestCase(256, 256), TestCase(1400, 548)]
    public void The_MTU_is_the_transport_s_and_can_be_lowered(int mtu, int fallback)
    {
        using NativeBio bio = new(mtu: mtu);
        Assert.That(bio.Control(FifoBio.ControlQueryMtu), Is.EqualTo(mtu));
        Assert.That(bio.Control(FifoBio.ControlGetMtu), Is.EqualTo(mtu));
        Assert.That(bio.Control(FifoBio.ControlGetFallbackMtu), Is.EqualTo(fallback), "576 bytes of IPv4 less its header and UDP's, if the transport takes that");
        Assert.That(bio.Control(FifoBio.ControlGetMtuOverhead), Is.Zero, "the MTU counts datagrams, not packets");
        Assert.That(bio.Control(FifoBio.ControlSetMtu, 240), Is.EqualTo(240));
        Assert.That(bio.Control(FifoBio.ControlGetMtu), Is.EqualTo(240));
        Assert.That(bio.Managed.Mtu, Is.EqualTo(240));
    }

    [Test]
    public void MTU_EXCEEDED_is_told_once()
    {
        using NativeBio bio = new();
        Assert.That(bio.Control(FifoBio.ControlMtuExceeded), Is.Zero);
        bio.Managed.NoteMtuExceeded();
        Assert.That(bio.Control(FifoBio.ControlMtuExceeded), Is.EqualTo(1));
        Assert.That(bio.Control(FifoBio.ControlMtuExceeded), Is.Zero);
    }

    [TestCase(2, 4), TestCase(10, 16)]
    public void The_peer_s_address_is_given_back_as_it_was_set(int family, int size)
    {
        Requires.Linux(); // whose numbers of the address families these are
        using NativeBio bio = new();
        using SafeBioAddressHandle peer = Address(family, size, port: 0x1234);
        using SafeBioAddressHandle other = LibCrypto.BIO_ADDR_new();
        Assert.That(bio.Control(FifoBio.ControlGetPeer, other), Is.Zero, "no peer has been set");
        Assert.That(bio.Control(FifoBio.ControlSetPeer), Is.Zero, "there is no address");
        Assert.That(bio.Control(FifoBio.ControlSetPeer, peer), Is.EqualTo(1));
        Assert.That(bio.Control(FifoBio.ControlGetPeer, other), Is.EqualTo(1));
        Assert.That(Describe(other), Is.EqualTo(Describe(peer)));
    }

    [Test]
    public void DUP_makes_a_second_BIO_over_the_same_FIFO_that_outlives_the_first()
    {
        Requires.Linux();
        using NativeBio bio = new();
        using SafeBioAddressHandle peer = Address(2, 4, port: 7);
        _ = bio.Control(FifoBio.ControlSetPeer, peer);
        using SafeBioHandle second = NativeLibcrypto.BIO_dup_chain(bio.Handle);
        Assert.That(second.IsInvalid, Is.False);
        bio.Handle.Dispose();
        byte[] datagram = Tests.Records.Make(DtlsRecord.ApplicationData, 1, 0, new byte[20]);
        bio.Fifo.Push(datagram);
        byte[] buffer = new byte[100];
        using SafeBioAddressHandle other = LibCrypto.BIO_ADDR_new();
        fixed (byte* start = buffer)
        {
            Assert.That(LibCrypto.BIO_read(second, start, buffer.Length), Is.EqualTo(datagram.Length));
        }

        Assert.That(LibCrypto.BIO_ctrl(second, FifoBio.ControlGetPeer, default, (void*)other.DangerousGetHandle()).Value, Is.EqualTo((nint)1));
        Assert.That(Describe(other), Is.EqualTo(Describe(peer)));
    }

    [TestCase(3), TestCase(48), TestCase(999)]
    public void An_unknown_control_is_answered_by_0(int command)
    {
        using NativeBio bio = new();
        Assert.That(bio.Control(command), Is.Zero);
    }

    private static SafeBioAddressHandle Address(int family, int size, ushort port)
    {
        Libraries.EnsureLoaded();
        SafeBioAddressHandle address = LibCrypto.BIO_ADDR_new();
        byte* bytes = stackalloc byte[size];
        for (int i = 0; i < size; i++)
        {
            bytes[i] = (byte)(i + 1);
        }

        Assert.That(LibCrypto.BIO_ADDR_rawmake(address.DangerousGetHandle(), family, bytes, (nuint)size, port), Is.EqualTo(1));
        return address;
    }

    private static string Describe(SafeBioAddressHandle address)
    {
        byte* bytes = stackalloc byte[128];
        nuint length = 128;
        nint handle = address.DangerousGetHandle();
        Assert.That(LibCrypto.BIO_ADDR_rawaddress(handle, bytes, &length), Is.EqualTo(1));
        return $"{LibCrypto.BIO_ADDR_family(handle)} {Convert.ToHexString(new ReadOnlySpan<byte>(bytes, (int)length))} {LibCrypto.BIO_ADDR_rawport(handle)}";
    }
}
