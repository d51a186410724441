namespace FifoDtls;

/// <summary>libssl or libcrypto 3 is missing or can't be used. The message says what was looked for and what to install.</summary>
public sealed class DtlsLibraryException : DtlsException
{
    /// <summary>Makes an exception with a message.</summary>
    public DtlsLibraryException(string message)
        : base(message)
    {
    }
}
