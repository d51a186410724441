namespace FifoDtls.TestSupport;

/// <summary>One of the two streams that a <see cref="ChildProcess"/> prints to.</summary>
public enum OutputStream
{
    /// <summary>Standard output.</summary>
    Output,

    /// <summary>Standard error.</summary>
    Error,
}
