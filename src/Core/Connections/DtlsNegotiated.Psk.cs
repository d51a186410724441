namespace FifoDtls;

public sealed partial class DtlsNegotiated
{
    /// <summary>The identity whose pre-shared key authenticated both sides (RFC 4279): on the server that of its client. <see langword="null"/> without PSK.</summary>
    public string? PskIdentity { get; internal init; }
}
