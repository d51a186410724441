using FifoDtls.Interop;

namespace FifoDtls;

// libssl's callbacks get an SSL; its BIO is what leads from there to the connection's objects.
internal sealed unsafe partial class FifoBio
{
    /// <summary>What the handshake of this BIO's SSL calls back.</summary>
    internal HandshakeCallbacks? Callbacks { get; init; }

    /// <summary>The FIFO BIO of an SSL, or <see langword="null"/> when it has none.</summary>
    internal static FifoBio? OfSsl(nint ssl)
    {
        nint bio = ssl == 0 ? 0 : LibSsl.SSL_get_rbio(ssl);
        return bio == 0 ? null : From(bio);
    }
}
