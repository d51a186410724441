namespace FifoDtls;

/// <summary>
/// The base of all failures that FifoDtls reports by a type of its own. What is not one of these is reported by the types of
/// .NET: <see cref="TimeoutException"/> for a deadline, <see cref="OperationCanceledException"/> for cancellation,
/// <see cref="ObjectDisposedException"/> for use after disposal, <see cref="ArgumentException"/> and
/// <see cref="InvalidOperationException"/> for wrong use.
/// </summary>
public class DtlsException : IOException
{
    /// <summary>Makes an exception with a message and, where there is one, its cause.</summary>
    public DtlsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
