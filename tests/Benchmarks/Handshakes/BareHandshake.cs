using System.Runtime.InteropServices;
using FifoDtls.Interop;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>
/// Handshakes by libssl alone: an SSL for each side, two memory BIOs between them, one thread that calls the one and then the other. No socket, no cookie, no managed callback. The
/// protocol, suites, group, certificate and verification are those of <see cref="BenchContexts"/>. Any thread may do handshakes.
/// </summary>
internal sealed unsafe class BareHandshake : IDisposable
{
    private const string CipherList = "ECDHE+AESGCM:ECDHE+CHACHA20"; // the library's own default
    private const int Mtu = 1_400;

    private readonly SafeSslContextHandle _server = CreateContext();
    private readonly SafeSslContextHandle _client = CreateContext();

    internal BareHandshake()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using SafeX509Handle anchor = DtlsCredentials.ToNative(TestPki.Ca);
        Require(LibSsl.SSL_CTX_use_certificate(_server, credentials.Certificate));
        Require(LibSsl.SSL_CTX_use_PrivateKey(_server, credentials.Key));
        Require(LibCrypto.X509_STORE_add_cert(LibSsl.SSL_CTX_get_cert_store(_client), anchor));
    }

    /// <summary>One handshake, both sides of it, and the end of both.</summary>
    internal void Run()
    {
        using SafeSslHandle client = LibSsl.SSL_new(_client);
        using SafeSslHandle server = LibSsl.SSL_new(_server);
        Join(client, server);
        LibSsl.SSL_set_verify(client, LibSsl.VerifyPeer, 0);
        Require(LibSsl.SSL_set1_host(client, TestPki.ServerName));
        LibSsl.SSL_set_connect_state(client);
        LibSsl.SSL_set_accept_state(server);
        bool clientDone = false;
        bool serverDone = false;
        while (!clientDone || !serverDone)
        {
            clientDone = clientDone || Advance(client);
            serverDone = serverDone || Advance(server);
        }

        _ = LibSsl.SSL_shutdown(client);
        _ = LibSsl.SSL_shutdown(server);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private static SafeSslContextHandle CreateContext()
    {
        DtlsContext.EnsureLibraryAvailable();
        SafeSslContextHandle context = LibSsl.SSL_CTX_new(LibSsl.DTLS_method());
        _ = LibSsl.SSL_CTX_set_options(context, LibSsl.OpNoQueryMtu | LibSsl.OpNoRenegotiation | LibSsl.OpNoCompression | LibSsl.OpNoTicket | LibSsl.OpCipherServerPreference);
        _ = LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSetSessionCacheMode, new CLong(0), 0);
        Require(LibSsl.SSL_CTX_set_cipher_list(context, CipherList));
        SetGroup(context);
        return context;
    }

    private static void SetGroup(SafeSslContextHandle context)
    {
        fixed (byte* group = "P-256\0"u8)
        {
            Require((int)LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSetGroupsList, new CLong(0), (nint)group).Value);
        }
    }

    private static void Join(SafeSslHandle client, SafeSslHandle server)
    {
        nint toServer = LibCrypto3.BIO_new(LibCrypto3.BIO_s_mem());
        nint toClient = LibCrypto3.BIO_new(LibCrypto3.BIO_s_mem());
        Require(LibCrypto3.BIO_up_ref(toServer)); // each is the one side's to read and the other's to write
        Require(LibCrypto3.BIO_up_ref(toClient));
        LibSsl.SSL_set_bio(client, toClient, toServer);
        LibSsl.SSL_set_bio(server, toServer, toClient);
        _ = LibSsl.SSL_ctrl(client, LibSsl.CtrlSetMtu, new CLong(Mtu), null);
        _ = LibSsl.SSL_ctrl(server, LibSsl.CtrlSetMtu, new CLong(Mtu), null);
    }

    private static bool Advance(SafeSslHandle ssl)
    {
        int result = LibSsl.SSL_do_handshake(ssl);
        if (result != 1 && LibSsl.SSL_get_error(ssl, result) != LibSsl.ErrorWantRead)
        {
            throw new DtlsException("The bare handshake failed: " + OpenSslErrors.Drain());
        }

        return result == 1;
    }

    private static void Require(int result)
    {
        if (result != 1)
        {
            throw new DtlsException("libssl could not be set up for bare handshakes: " + OpenSslErrors.Drain());
        }
    }
}
