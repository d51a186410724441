using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

// The controls that OpenSSL's own datagram BIO answers to DTLS code (BIO_s_datagram(3), bio.h).
internal sealed unsafe partial class FifoBio
{
    internal const int ControlReset = 1;
    internal const int ControlEof = 2;
    internal const int ControlGetClose = 8;
    internal const int ControlSetClose = 9;
    internal const int ControlPending = 10;
    internal const int ControlFlush = 11;
    internal const int ControlDup = 12;
    internal const int ControlWritePending = 13;
    internal const int ControlSetReceiveTimeout = 33;
    internal const int ControlGetReceiveTimeout = 34;
    internal const int ControlGetReceiveTimerExpired = 37;
    internal const int ControlQueryMtu = 40;
    internal const int ControlGetMtu = 41;
    internal const int ControlSetMtu = 42;
    internal const int ControlMtuExceeded = 43;
    internal const int ControlSetPeer = 44;
    internal const int ControlSetNextTimeout = 45;
    internal const int ControlGetPeer = 46;
    internal const int ControlGetFallbackMtu = 47;
    internal const int ControlGetMtuOverhead = 49;

    // The smallest datagram that every path carries: 576 bytes less the headers of IPv4 and UDP (RFC 791 §3.2).
    private const int FallbackMtu = 576 - 20 - 8;

    private SafeBioAddressHandle? _peer;
    private int _natives;
    private NativeTimeval _receiveTimeout;
    private NativeTimeval _nextTimeout;
    private bool _mtuExceeded;

    /// <summary>libssl's next retransmission (absolute, in its own clock), as told by SET_NEXT_TIMEOUT.</summary>
    internal NativeTimeval NextTimeout => _nextTimeout;

    /// <summary>C's <c>struct timeval</c>, as the platform's <c>long</c> makes it.</summary>
    internal struct NativeTimeval
    {
        internal CLong Seconds;
        internal CLong Microseconds;
    }

    /// <summary>Tells that a datagram was larger than the path allows; libssl asks for it by MTU_EXCEEDED.</summary>
    internal void NoteMtuExceeded() => _mtuExceeded = true;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static CLong OnControl(nint bio, int command, CLong number, void* pointer)
    {
        // Called also while the BIO is made and freed, when there is no object behind it.
        return From(bio) is { } self ? new CLong(self.Control(bio, command, (int)number.Value, pointer)) : new CLong(0);
    }

    private int Control(nint bio, int command, int number, void* pointer)
    {
        switch (command)
        {
            case ControlFlush:
                return 1; // nothing is buffered: a write has been sent
            case ControlReset: // there is nothing to rewind, as with a socket
            case ControlEof: // a FIFO has no end of file; the connection asks the transport itself
            case ControlPending:
            case ControlWritePending:
                return 0;
            case ControlGetClose:
                return LibCrypto.BIO_get_shutdown(bio);
            case ControlSetClose:
                LibCrypto.BIO_set_shutdown(bio, number);
                return 1;
            case ControlDup:
                Attach((nint)pointer);
                return 1;
            case ControlSetNextTimeout:
                return Load(out _nextTimeout, pointer);
            case ControlSetReceiveTimeout:
                return Load(out _receiveTimeout, pointer);
            case ControlGetReceiveTimeout:
                return Store(_receiveTimeout, pointer);
            case ControlGetReceiveTimerExpired:
                return _lastReadTimedOut ? 1 : 0;
            case ControlSetPeer:
            case ControlGetPeer:
                return command == ControlSetPeer ? SetPeer((nint)pointer) : GetPeer((nint)pointer);
            default:
                return MtuControl(command, number);
        }
    }

    private int MtuControl(int command, int number)
    {
        switch (command)
        {
            case ControlQueryMtu:
            case ControlGetMtu:
                return Mtu;
            case ControlSetMtu:
                Mtu = number;
                return number;
            case ControlGetFallbackMtu:
                return Math.Min(Mtu, FallbackMtu);
            case ControlGetMtuOverhead:
                return 0; // the MTU counts the transport's datagrams; the headers below them are the transport's affair
            case ControlMtuExceeded:
                bool exceeded = _mtuExceeded;
                _mtuExceeded = false;
                return exceeded ? 1 : 0;
            default:
                return 0;
        }
    }

    private static int Load(out NativeTimeval time, void* pointer)
    {
        time = pointer == null ? default : *(NativeTimeval*)pointer;
        return 1;
    }

    private static int Store(NativeTimeval time, void* pointer)
    {
        if (pointer == null)
        {
            return 0;
        }

        *(NativeTimeval*)pointer = time;
        return sizeof(NativeTimeval);
    }

    private int SetPeer(nint address)
    {
        if (address == 0)
        {
            return 0;
        }

        _peer ??= LibCrypto.BIO_ADDR_new();
        return Copy(address, _peer.DangerousGetHandle());
    }

    private int GetPeer(nint address)
    {
        if (_peer is null || address == 0)
        {
            return 0;
        }

        return Copy(_peer.DangerousGetHandle(), address);
    }

    // To be called when a native BIO goes: a BIO made by DUP shares the peer, and may live longer.
    private void ReleaseNative()
    {
        if (--_natives == 0)
        {
            _peer?.Dispose();
            _peer = null;
        }
    }

    private static int Copy(nint from, nint to)
    {
        byte* bytes = stackalloc byte[128]; // more than any address family needs
        nuint length = 128;
        return LibCrypto.BIO_ADDR_rawaddress(from, bytes, &length) == 1
            ? LibCrypto.BIO_ADDR_rawmake(to, LibCrypto.BIO_ADDR_family(from), bytes, length, LibCrypto.BIO_ADDR_rawport(from))
            : 0;
    }
}
