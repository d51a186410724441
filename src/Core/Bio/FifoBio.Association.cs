namespace FifoDtls;

// What else belongs to the association that libssl calls back for.
internal sealed partial class FifoBio
{
    /// <summary>The association's PSK exchange, where its context has a PSK callback for its role.</summary>
    internal PskExchange? Psk { get; set; }

    /// <summary>Where the association's secrets are logged, if they are.</summary>
    internal KeyLogWriter? KeyLog { get; set; }

    /// <summary>Why a secret could not be logged.</summary>
    internal Exception? KeyLogFailure { get; set; }
}
