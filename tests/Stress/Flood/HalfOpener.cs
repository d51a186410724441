using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Stress;

/// <summary>Begins handshakes with valid cookies and abandons them: what an attacker can do who receives at the addresses that he uses.</summary>
internal sealed class HalfOpener(FloodSettings settings, IPEndPoint server, FloodCounters counters, CancellationToken stop)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(500);

    private readonly Random _random = Seeds.Random(settings.Seed, SeedPurpose.Flood, 1);
    private readonly byte[] _buffer = new byte[2_048];

    internal void Run()
    {
        if (settings.HalfOpen == 0)
        {
            return;
        }

        while (!stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(1.0 / settings.HalfOpen)))
        {
            Begin();
        }
    }

    private void Begin()
    {
        using Socket socket = FloodSource.Open(_random, server);
        Span<byte> clientRandom = stackalloc byte[32];
        _random.NextBytes(clientRandom);
        socket.Send(_buffer.AsSpan(0, Forgery.ClientHello(clientRandom, [], _buffer)));
        if (!socket.Poll(AnswerLimit, SelectMode.SelectRead))
        {
            counters.HalfOpenUnanswered++;
            return;
        }

        int length = socket.Receive(_buffer);
        byte[] cookie = Forgery.CookieOf(_buffer.AsSpan(0, length)).ToArray();
        socket.Send(_buffer.AsSpan(0, Forgery.ClientHello(clientRandom, cookie, _buffer)));
        counters.HalfOpen++;
    }
}
