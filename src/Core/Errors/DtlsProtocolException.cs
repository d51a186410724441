namespace FifoDtls;

/// <summary>The association has failed: an alert was received, or something that the protocol does not allow was met and answered by one.</summary>
public sealed class DtlsProtocolException : DtlsException
{
    /// <summary>Makes an exception with a message, the alert and its sender, and, where there is one, the cause.</summary>
    public DtlsProtocolException(string message, DtlsAlert? alert = null, DtlsSide? alertSender = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Alert = alert;
        AlertSender = alertSender;
    }

    /// <summary>The alert that ended the association, or <see langword="null"/> when there was none.</summary>
    public DtlsAlert? Alert { get; }

    /// <summary>Which side sent <see cref="Alert"/>.</summary>
    public DtlsSide? AlertSender { get; }
}
