namespace FifoDtls;

/// <summary>One's own certificate, private key, trust anchors or revocation lists can't be read or don't fit together. The message names the file.</summary>
public sealed class DtlsCredentialException : DtlsException
{
    /// <summary>Makes an exception with a message and, where there is one, its cause.</summary>
    public DtlsCredentialException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
