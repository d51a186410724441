using System.Runtime.InteropServices;

namespace FifoDtls.Benchmarks;

/// <summary>A counter that shares no cache line with its neighbours.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct PaddedCounter
{
    [FieldOffset(0)]
    internal long Value;
}
