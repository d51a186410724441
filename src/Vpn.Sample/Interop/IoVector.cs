namespace FifoVpn.Interop;

/// <summary>struct iovec: one piece of what a call reads or writes.</summary>
internal unsafe struct IoVector
{
    public byte* Start;
    public nuint Length;

    public IoVector(byte* start, int length)
    {
        Start = start;
        Length = (nuint)length;
    }
}
