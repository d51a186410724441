using FifoDtls.Interop;

namespace FifoDtls;

// libssl's callbacks get an SSL and nothing else: its BIO leads to what belongs to the association.
internal sealed unsafe partial class FifoBio
{
    /// <summary>The association's PSK exchange, where its context has a PSK callback for its role.</summary>
    internal PskExchange? Psk { get; set; }

    /// <summary>Where the association's secrets are logged, if they are.</summary>
    internal KeyLogWriter? KeyLog { get; set; }

    /// <summary>Why a secret could not be logged.</summary>
    internal Exception? KeyLogFailure { get; set; }

    /// <summary>The BIO of an association that libssl calls back for.</summary>
    internal static FifoBio? OfSsl(nint ssl)
    {
        nint bio = LibSsl.SSL_get_rbio(ssl);
        return bio == 0 ? null : From(bio);
    }
}
