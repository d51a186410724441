namespace FifoDtls;

public sealed partial record DtlsEndpointStatistics
{
    /// <summary>
    /// Datagrams that the system dropped because the socket's receive buffer was full: the reader thread got too little processor time, or the buffer is too small
    /// (<see cref="DtlsEndpointOptions.SocketBufferSize"/>, and on Linux <c>net.core.rmem_max</c>). Counted on Linux since 4.12; elsewhere 0. Wraps at 2³².
    /// </summary>
    public long KernelDrops { get; init; }
}
