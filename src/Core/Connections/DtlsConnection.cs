using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// One DTLS association over any <see cref="IDatagramTransport"/>, in blocking code: a handshake with retransmission and an overall
/// deadline, then payloads both ways, one payload to a record and one record to a datagram.
/// </summary>
/// <remarks>
/// <para>One thread at a time does the handshake and then receives; any number of threads send, and a blocked receiver never delays them. <see cref="Close"/> and
/// <see cref="Dispose"/> may be called by any thread and end a blocked call.</para>
/// <para>The SSL object is used under one lock, and nobody waits while holding it.</para>
/// </remarks>
public sealed unsafe partial class DtlsConnection : IDisposable
{
    private readonly Lock _lock = new(); // guards the SSL, the BIO and the fields below; held for calls into libssl, never for a wait
    private readonly IDatagramTransport _transport;
    private SafeSslHandle _ssl; // replaced only while a client's handshake is in progress
    private readonly FifoBio _bio;
    private readonly bool _verifiesPeer;
    private volatile DtlsConnectionState _state;
    private volatile DtlsNegotiated? _negotiated;
    private DtlsException? _failure;
    private bool _listening;
    private bool _disposed;
    private int _receiving;

    /// <summary>Makes an association. Nothing is sent before <see cref="Handshake"/>.</summary>
    /// <param name="context">Credentials and trust.</param>
    /// <param name="transport">The way to the peer; becomes the connection's, which disposes it.</param>
    /// <param name="role">The part to play in the handshake.</param>
    /// <param name="options">What is particular to this association; the defaults when <see langword="null"/>.</param>
    /// <exception cref="InvalidOperationException">The context says too little for the role; the message names the property to set.</exception>
    /// <exception cref="ArgumentException">An option is out of range or for the other role, or the transport's datagrams are smaller than 256 bytes.</exception>
    public DtlsConnection(DtlsContext context, IDatagramTransport transport, DtlsRole role, DtlsConnectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(transport);
        options ??= new DtlsConnectionOptions();
        options.Validate(role);
        context.RequireUsableFor(role);
        options.AskedBy?.RequireUsableFor(DtlsRole.Client);
        if (transport.MaxDatagramSize < MinDatagramSize)
        {
            throw new ArgumentException($"DTLS needs datagrams of at least {MinDatagramSize} bytes; the transport takes {transport.MaxDatagramSize}.", nameof(transport));
        }

        _early = options.Early ?? DtlsConnectionOptions.CreateEarly(options.MaxQueuedPayloads, options.MaxQueuedBytes);
        _resumptionBinding = context.ResumptionBinding;
        _serverName = options.AsciiServerName;
        Role = role;
        _growsAfterHandshake = options.MaxHandshakeDatagramSize is not null;
        _transport = transport;
        _listening = options.CookieVerified;
        DtlsContext? demanding = options.AskedBy is { } asking && asking.VerifyMode(DtlsRole.Client) != LibSsl.VerifyNone ? asking : null;
        int verifyMode = demanding is null ? context.VerifyMode(role) : LibSsl.VerifyPeer | LibSsl.VerifyFailIfNoPeerCert;
        _verifiesPeer = verifyMode != LibSsl.VerifyNone;
        _bio = new FifoBio(transport, Math.Min(transport.MaxDatagramSize, options.MaxHandshakeDatagramSize ?? int.MaxValue))
        {
            Role = role,
            KeepsNumbers = options.CookieVerified,
            Timers = new HandshakeTimers(options.RetransmissionTimeout, options.MaxRetransmissionTimeout),
            Callbacks = new HandshakeCallbacks(demanding ?? context, role, _serverName),
        };
        _ssl = MakeSsl(context);
        try
        {
            Configure(context, options, verifyMode, demanding);
        }
        catch
        {
            _ssl.Dispose();
            throw;
        }

        _made = role == DtlsRole.Client ? (context, options) : null;
    }

    /// <summary>The smallest datagram size, in bytes, that DTLS can be run with (OpenSSL's minimum).</summary>
    public const int MinDatagramSize = 256;

    /// <summary>The part that this side plays in the handshake.</summary>
    public DtlsRole Role { get; }

    /// <summary>Where the association is in its life.</summary>
    public DtlsConnectionState State => _state;

    /// <summary>What the handshake has settled; <see langword="null"/> before it is done.</summary>
    public DtlsNegotiated? Negotiated => _negotiated;

    /// <summary>What has made the association <see cref="DtlsConnectionState.Failed"/>.</summary>
    internal Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>The counters now.</summary>
    public DtlsConnectionStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                DtlsConnectionCounters c = _bio.Counters;
                return new DtlsConnectionStatistics(
                    c.DatagramsReceived, c.DatagramsSent, c.DatagramsInvalid, c.Retransmissions,
                    c.PayloadsReceived, c.PayloadsSent, c.PayloadBytesReceived, c.PayloadBytesSent);
            }
        }
    }

    /// <summary>Closes the association if it is open, and frees it and its transport. Blocked calls end with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            CloseLocked();
            _disposed = true;
            _ssl.Dispose();
            _negotiated?.DisposeCertificate();
        }

        _transport.Dispose();
    }

    private static SafeSslHandle MakeSsl(DtlsContext context)
    {
        LibCrypto.ERR_clear_error();
        SafeSslHandle ssl = LibSsl.SSL_new(context.Handle);
        return ssl.IsInvalid ? throw new DtlsException("An SSL could not be made: " + OpenSslErrors.Drain()) : ssl;
    }

    private void Configure(DtlsContext context, DtlsConnectionOptions options, int verifyMode, DtlsContext? demanding)
    {
        using (SafeBioHandle bio = _bio.CreateNative())
        {
            LibSsl.SSL_set_bio(_ssl, bio.DangerousGetHandle(), bio.DangerousGetHandle());
            bio.SetHandleAsInvalid(); // the SSL's now
        }

        context.Equip(_ssl, _bio, Role, options.AskedBy);
        bool verifiesByOther = VerifiesByOtherRules(context, options);
        context.AllowTickets(_ssl, _bio, Role, verifiesByOther);
        LibSsl.DTLS_set_timer_cb(_ssl, &FifoBio.OnTimer); // survives the SSL_clear that DTLSv1_listen does
        LibSsl.SSL_set_verify(_ssl, verifyMode, 0);
        LimitWriteBuffer();
        SetMtu(_bio.Mtu);
        BindSessions();
        if (Role == DtlsRole.Server)
        {
            LibSsl.SSL_set_accept_state(_ssl);
            if (verifiesByOther)
            {
                NeverResume();
            }
        }
        else
        {
            LibSsl.SSL_set_connect_state(_ssl);
        }

        if (demanding is not null)
        {
            TrustAs(demanding);
        }

        if (Role == DtlsRole.Client || demanding is not null)
        {
            SetServerName(options);
        }

        if (Role == DtlsRole.Client)
        {
            OfferSession(context, options);
        }
    }

    // The anchors of another context than the one that the SSL was made from; the control takes a reference of its own.
    private void TrustAs(DtlsContext demanding)
    {
        void* store = (void*)LibSsl.SSL_CTX_get_cert_store(demanding.Handle);
        if (LibSsl.SSL_ctrl(_ssl, LibSsl.CtrlSetVerifyCertStore, new CLong(1), store).Value != 1)
        {
            throw new DtlsException("The trust anchors could not be set: " + OpenSslErrors.Drain());
        }
    }

    private void SetServerName(DtlsConnectionOptions options)
    {
        if (_serverName is not { } name)
        {
            return;
        }

        bool ok;
        if (options.ServerNameIsAddress)
        {
            ok = LibCrypto.X509_VERIFY_PARAM_set1_ip_asc(LibSsl.SSL_get0_param(_ssl), name) == 1;
        }
        else
        {
            nint text = Marshal.StringToCoTaskMemUTF8(name);
            ok = Role == DtlsRole.Server // which sends no SNI
                || LibSsl.SSL_ctrl(_ssl, LibSsl.CtrlSetServerName, new CLong(LibSsl.ServerNameTypeHost), (void*)text).Value == 1;
            ok = ok && LibSsl.SSL_set1_host(_ssl, name) == 1;
            LibCrypto.X509_VERIFY_PARAM_set_hostflags(LibSsl.SSL_get0_param(_ssl), LibCrypto.HostFlagNeverCheckSubject | LibCrypto.HostFlagNoPartialWildcards);
            Marshal.FreeCoTaskMem(text);
        }

        if (!ok)
        {
            throw new ArgumentException($"\"{name}\" is no host name or IP address that a certificate can carry.", nameof(options));
        }
    }
}
