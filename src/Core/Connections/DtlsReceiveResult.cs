namespace FifoDtls;

/// <summary>What a Receive brought.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Length">The bytes written to the buffer; 0 unless <see cref="HasData"/>. A payload is never empty.</param>
public readonly record struct DtlsReceiveResult(DtlsReceiveStatus Status, int Length)
{
    /// <summary>Whether a payload was received.</summary>
    public bool HasData => Status == DtlsReceiveStatus.Data;
}
