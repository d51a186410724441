using System.Net;

namespace FifoDtls.Stress;

/// <summary>Connects anew all the time during a flood: whether a new client gets in.</summary>
internal sealed class Newcomer(DtlsContext context, IPEndPoint server, SoakCounters counters, CancellationToken stop)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    internal void Run()
    {
        using var endpoint = new DtlsEndpoint(new DtlsEndpointOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ClientContext = context, HandshakeTimeout = SoakTimes.Handshake });
        while (!stop.WaitHandle.WaitOne(Pause))
        {
            try
            {
                using DtlsPeer peer = endpoint.Connect(server, cancellationToken: stop);
                Interlocked.Increment(ref counters.Established);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref counters.HandshakesGivenUp);
            }
            catch (Exception exception) when (exception is DtlsException or TimeoutException)
            {
                SoakCounters.Count(counters.HandshakesFailed, exception is TimeoutException ? "timeout" : exception.Message);
            }
        }
    }
}
