using System.Net;

namespace FifoDtls;

/// <summary>
/// Where sources that are not peers, or not yet, prove that they receive at their address: a ClientHello without a valid cookie is answered with one and forgotten
/// (RFC 6347 §4.2.1). For the reader thread alone; nothing here outlives the datagram.
/// </summary>
internal sealed class HandshakeGate : IDisposable
{
    private readonly UdpSocket _socket;
    private readonly CookieKeys _cookies;
    private readonly TokenBucket _answers;
    private readonly EndpointCounters _counters;
    private readonly DropReporter _drops;

    /// <param name="socket">What to answer through.</param>
    /// <param name="cookies">Disposed with the gate.</param>
    /// <param name="answers">How many HelloVerifyRequests are sent a second.</param>
    /// <param name="counters">The endpoint's.</param>
    /// <param name="drops">The endpoint's.</param>
    internal HandshakeGate(UdpSocket socket, CookieKeys cookies, TokenBucket answers, EndpointCounters counters, DropReporter drops)
    {
        _socket = socket;
        _cookies = cookies;
        _answers = answers;
        _counters = counters;
        _drops = drops;
    }

    /// <summary>
    /// Whether the ClientHello, or the first fragment of one, proves its source. If not, its sender is given a cookie. Only message_seq 1 can carry a proof: libssl goes on from there.
    /// </summary>
    /// <param name="hello">The ClientHello.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="order">See <see cref="CookieKeys.IsValid"/>.</param>
    internal bool Admits(in ClientHello hello, SocketAddress source, out long order)
    {
        order = CookieKeys.Unordered;
        if (hello.MessageSequence == 1 && _cookies.IsValid(hello, source, out order))
        {
            return true;
        }

        if (hello.Cookie.Length > 0)
        {
            EndpointCounters.Count(ref _counters.InvalidCookies);
        }

        if (!_answers.TryTake())
        {
            EndpointCounters.Count(ref _counters.HelloVerifyRequestsLimited);
            _drops.Note(DropReason.HelloVerifyRate, source);
            return false;
        }

        Span<byte> cookie = stackalloc byte[CookieKeys.CookieSize];
        if (!_cookies.TryMake(hello, source, cookie))
        {
            EndpointCounters.Count(ref _counters.MalformedHellos);
            _drops.Note(DropReason.MalformedHello, source);
            return false;
        }

        Span<byte> reply = stackalloc byte[HelloVerifyRequest.Size];
        HelloVerifyRequest.Write(reply, hello.RecordSequence, cookie);
        EndpointCounters.Count(ref _counters.HelloVerifyRequests); // before the answer can be seen
        _socket.SendNow(reply, source); // the reader's thread: never to be held up by a full send buffer
        return false;
    }

    public void Dispose() => _cookies.Dispose();
}
