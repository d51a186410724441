namespace FifoDtls;

/// <summary>One of this host's IP addresses, in network order: 16 bytes, or 4 in <paramref name="High"/>. The default value is none: the system chooses.</summary>
internal readonly record struct LocalAddress(ulong High, ulong Low)
{
    internal bool IsNone => High == 0 && Low == 0;
}
