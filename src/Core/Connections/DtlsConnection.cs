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
    private readonly SafeSslHandle _ssl;
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
        if (transport.MaxDatagramSize < MinDatagramSize)
        {
            throw new ArgumentException($"DTLS needs datagrams of at least {MinDatagramSize} bytes; the transport takes {transport.MaxDatagramSize}.", nameof(transport));
        }

        Role = role;
        _transport = transport;
        _listening = options.CookieVerified;
        _verifiesPeer = context.VerifyMode(role) != LibSsl.VerifyNone;
        _bio = new FifoBio(transport, transport.MaxDatagramSize);
        LibCrypto.ERR_clear_error();
        _ssl = LibSsl.SSL_new(context.Handle);
        if (_ssl.IsInvalid)
        {
            throw new DtlsException("An SSL could not be made: " + OpenSslErrors.Drain());
        }

        try
        {
            Configure(context, options);
        }
        catch
        {
            _ssl.Dispose();
            throw;
        }
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
            _negotiated?.PeerCertificate?.Dispose();
        }

        _transport.Dispose();
    }

    private void Configure(DtlsContext context, DtlsConnectionOptions options)
    {
        using (SafeBioHandle bio = _bio.CreateNative())
        {
            LibSsl.SSL_set_bio(_ssl, bio.DangerousGetHandle(), bio.DangerousGetHandle());
            bio.SetHandleAsInvalid(); // the SSL's now
        }

        context.Equip(_ssl, _bio, Role);
        LibSsl.SSL_set_verify(_ssl, context.VerifyMode(Role), 0);
        if (LibSsl.SSL_ctrl(_ssl, LibSsl.CtrlSetMtu, new CLong(_transport.MaxDatagramSize), null).Value <= 0)
        {
            throw new DtlsException($"libssl refuses datagrams of {_transport.MaxDatagramSize} bytes.");
        }

        if (Role == DtlsRole.Server)
        {
            LibSsl.SSL_set_accept_state(_ssl);
        }
        else
        {
            LibSsl.SSL_set_connect_state(_ssl);
            SetServerName(options);
        }
    }

    private void SetServerName(DtlsConnectionOptions options)
    {
        if (options.ServerName is not { } name)
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
            ok = LibSsl.SSL_ctrl(_ssl, LibSsl.CtrlSetServerName, new CLong(LibSsl.ServerNameTypeHost), (void*)text).Value == 1
                && LibSsl.SSL_set1_host(_ssl, name) == 1;
            Marshal.FreeCoTaskMem(text);
        }

        if (!ok)
        {
            throw new ArgumentException($"\"{name}\" is no host name or IP address that a certificate can carry.", nameof(options));
        }
    }
}
