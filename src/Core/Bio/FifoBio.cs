using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// The FIFO BIO: what libssl takes for a datagram socket. It never waits: a read that finds the transport empty asks to be
/// retried, and the connection does the waiting outside its lock. A write goes straight to the transport.
/// </summary>
/// <remarks>
/// Used only under the connection's lock, like the SSL that it belongs to. The native BIO holds this object by a GC handle, which the BIO's destroy callback
/// frees; so the SSL's SafeHandle is the only owner that matters.
/// </remarks>
internal sealed unsafe partial class FifoBio
{
    // How many datagrams one call into libssl may take from the transport. Without a bound a flood of worthless
    // datagrams could keep a reader inside the connection's lock for as long as the flood lasts.
    private const int ReadsPerCall = 64;

    private static readonly Lazy<SafeBioMethodHandle> Method = new(CreateMethod);

    private readonly IDatagramTransport _transport;
    private int _readsLeft;
    private bool _lastReadTimedOut;
    private bool _yieldPending;

    internal FifoBio(IDatagramTransport transport, int mtu)
    {
        _transport = transport;
        Mtu = mtu;
    }

    /// <summary>The largest datagram, in bytes, that libssl should write.</summary>
    internal int Mtu { get; private set; }

    /// <summary>The exception that ended the last write or read, until <see cref="BeginCall"/>.</summary>
    internal Exception? TransportFailure { get; private set; }

    /// <summary>The last fatal alert that the peer sent and libssl accepted.</summary>
    internal DtlsAlert? AlertReceived { get; private set; }

    /// <summary>The last fatal alert that libssl sent.</summary>
    internal DtlsAlert? AlertSent { get; private set; }

    internal DtlsConnectionCounters Counters { get; } = new();

    /// <summary>Whether the handshake is done. Before it, libssl keeps application data that came early, and yields it later.</summary>
    internal bool Established { get; set; }

    /// <summary>To be called before each call into libssl that may read or write.</summary>
    internal void BeginCall()
    {
        TransportFailure = null;
        _readsLeft = ReadsPerCall;
        LibCrypto.ERR_clear_error();
    }

    /// <summary>Tells that libssl yielded application data: the datagram that was taken last was good.</summary>
    internal void ApplicationDataYielded() => _yieldPending = false;

    /// <summary>Makes the native BIO. Whoever gets it owns it until <c>SSL_set_bio</c> takes it over.</summary>
    internal SafeBioHandle CreateNative()
    {
        SafeBioHandle bio = LibCrypto.BIO_new(Method.Value);
        if (bio.IsInvalid)
        {
            throw new DtlsException("A BIO could not be made: " + OpenSslErrors.Drain());
        }

        Attach(bio.DangerousGetHandle());
        return bio;
    }

    private void Attach(nint bio)
    {
        LibCrypto.BIO_set_data(bio, GCHandle.ToIntPtr(GCHandle.Alloc(this)));
        LibCrypto.BIO_set_init(bio, 1);
        _natives++;
    }

    private int Read(Span<byte> buffer)
    {
        NoteUnyieldedData();
        while (_readsLeft > 0)
        {
            _readsLeft--;
            if (_transport.TryReceive(buffer, out int length) != DatagramStatus.Ready)
            {
                _lastReadTimedOut = true;
                return TakeDueAlert(buffer);
            }

            Counters.DatagramsReceived++;
            int plausible = DtlsRecord.PlausibleLength(buffer[..length]);
            if (plausible == 0)
            {
                Counters.CountInvalid();
            }
            else if (Established || (plausible = Screen(buffer[..plausible])) > 0)
            {
                _lastReadTimedOut = false;
                _yieldPending = Established && DtlsRecord.ContentType(buffer) is DtlsRecord.ApplicationData or DtlsRecord.Alert;
                return plausible;
            }
        }

        return TakeDueAlert(buffer);
    }

    // libssl drops a record whose MAC is wrong, that is replayed or of another epoch, without a word. It shows: the next
    // datagram is asked for although the last one has yielded neither application data nor an alert. (A handshake record may
    // be a late retransmission, which is right to yield nothing.)
    private void NoteUnyieldedData()
    {
        if (_yieldPending)
        {
            _yieldPending = false;
            Counters.CountInvalid();
        }
    }

    private int Write(ReadOnlySpan<byte> datagram)
    {
        NoteFlightSize(datagram.Length);
        NoteNumberWithCookie(datagram);
        _transport.Send(datagram);
        Counters.DatagramsSent++;
        return datagram.Length;
    }

    private static SafeBioMethodHandle CreateMethod()
    {
        SafeBioMethodHandle method = LibCrypto.BIO_meth_new(LibCrypto.BIO_get_new_index() | LibCrypto.BioTypeSourceSink, "FifoDtls FIFO");
        if (method.IsInvalid
            || LibCrypto.BIO_meth_set_write(method, &OnWrite) != 1
            || LibCrypto.BIO_meth_set_read(method, &OnRead) != 1
            || LibCrypto.BIO_meth_set_ctrl(method, &OnControl) != 1
            || LibCrypto.BIO_meth_set_destroy(method, &OnDestroy) != 1)
        {
            throw new DtlsException("The FIFO BIO's method could not be made: " + OpenSslErrors.Drain());
        }

        return method;
    }

    private static FifoBio? From(nint bio)
    {
        nint data = LibCrypto.BIO_get_data(bio);
        return data == 0 ? null : (FifoBio?)GCHandle.FromIntPtr(data).Target;
    }

    // The callbacks never throw into native code: a transport's exception is kept for the connection, which reports it.

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnRead(nint bio, byte* buffer, int size)
    {
        LibCrypto.BIO_clear_flags(bio, LibCrypto.BioFlagRetryMask);
        if (From(bio) is not { } self || buffer == null || size <= 0)
        {
            return -1;
        }

        try
        {
            int length = self.Read(new Span<byte>(buffer, size));
            if (length < 0)
            {
                LibCrypto.BIO_set_flags(bio, LibCrypto.BioFlagRead | LibCrypto.BioFlagShouldRetry);
            }

            return length;
        }
        catch (Exception exception)
        {
            self.TransportFailure = exception;
            return -1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(nint bio, byte* data, int size)
    {
        LibCrypto.BIO_clear_flags(bio, LibCrypto.BioFlagRetryMask);
        if (From(bio) is not { } self || data == null || size < 0)
        {
            return -1;
        }

        try
        {
            return self.Write(new ReadOnlySpan<byte>(data, size));
        }
        catch (Exception exception)
        {
            self.TransportFailure = exception;
            return -1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnDestroy(nint bio)
    {
        nint data = LibCrypto.BIO_get_data(bio);
        if (data != 0)
        {
            LibCrypto.BIO_set_data(bio, 0);
            GCHandle handle = GCHandle.FromIntPtr(data);
            (handle.Target as FifoBio)?.ReleaseNative();
            handle.Free();
        }

        LibCrypto.BIO_set_init(bio, 0);
        return 1;
    }

    /// <summary>The context's info callback: remembers the alerts, which <c>SSL_get_error</c> does not tell.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static void OnInfo(nint ssl, int where, int value)
    {
        if (where is not (LibSsl.CallbackAlertReceived or LibSsl.CallbackAlertSent))
        {
            return;
        }

        nint bio = LibSsl.SSL_get_rbio(ssl);
        if (bio == 0 || From(bio) is not { } self)
        {
            return;
        }

        bool received = where == LibSsl.CallbackAlertReceived;
        self._yieldPending &= !received;
        if (value >> 8 != LibSsl.AlertLevelFatal)
        {
            return;
        }

        var alert = (DtlsAlert)(byte)value;
        if (received)
        {
            self.AlertReceived = alert;
        }
        else
        {
            self.AlertSent = alert;
        }
    }
}
