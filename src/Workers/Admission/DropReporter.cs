using System.Net;
using Microsoft.Extensions.Logging;

namespace FifoDtls;

/// <summary>
/// Logs drops without letting strangers fill the log: the first of each kind at once, then one line per kind and ten seconds at most. For the reader thread alone.
/// </summary>
internal sealed class DropReporter(ILogger logger, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly (long Last, long Count)[] _kinds = new (long, long)[Enum.GetValues<DropReason>().Length];

    internal void Note(DropReason reason, SocketAddress source)
    {
        ref (long Last, long Count) kind = ref _kinds[(int)reason];
        kind.Count++;
        if (kind.Last != 0 && clock.GetElapsedTime(kind.Last) < Interval)
        {
            return;
        }

        kind.Last = clock.GetTimestamp();
        if (logger.IsEnabled(LogLevel.Warning))
        {
            WorkersLogger.Dropped(logger, Describe(reason), kind.Count, UdpSocket.ToEndPoint(source));
        }
    }

    private static string Describe(DropReason reason) => reason switch
    {
        DropReason.UnknownSource => "no peer and no ClientHello",
        DropReason.MalformedHello => "a malformed ClientHello",
        DropReason.PeersFull => "the endpoint has all the peers that it may have",
        DropReason.HandshakesFull => "as many handshakes as allowed are in progress",
        DropReason.HelloVerifyRate => "as many HelloVerifyRequests as allowed were sent in this second",
        DropReason.HandshakeRate => "as many handshakes as allowed were begun in this second",
        DropReason.OversizedHello => "a ClientHello in fragments that is larger than is put together",
        _ => "as many ClientHellos in fragments as allowed are being put together",
    };
}
