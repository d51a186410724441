namespace FifoDtls;

/// <summary>The peer's certificate was refused, or a required one was not sent. The handshake has failed; nothing was delivered.</summary>
public sealed class DtlsCertificateException : DtlsException
{
    /// <summary>Makes an exception with a message, OpenSSL's verification result and, where there is one, the cause.</summary>
    public DtlsCertificateException(string message, int verifyResult, Exception? innerException = null)
        : base(message, innerException) => VerifyResult = verifyResult;

    /// <summary>OpenSSL's <c>X509_V_ERR_…</c> code (<c>x509_vfy.h</c>), or 0 when the peer sent no certificate at all.</summary>
    public int VerifyResult { get; }
}
