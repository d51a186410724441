namespace FifoDtls;

public sealed partial class DtlsContextOptions
{
    /// <summary>
    /// For debugging only: a file to which each handshake's master secret is appended, as Wireshark and tshark read it (<c>tls.keylog_file</c>; the NSS key log format, a line
    /// <c>CLIENT_RANDOM …</c> per association). <b>Whoever reads the file can decrypt all of the traffic.</b> It is created readable by its owner only; a <c>DtlsEndpoint</c> warns of it
    /// in its log. Default: <see langword="null"/>: no secret leaves libssl.
    /// </summary>
    /// <remarks>
    /// A file that can't be opened is a <see cref="DtlsException"/> of the context's constructor; one that can't be written later makes the handshake fail.
    /// </remarks>
    public string? KeyLogFile { get; init; }
}
