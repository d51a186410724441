using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Stress;

/// <summary>Sends worthless datagrams at a rate, and never reads an answer.</summary>
internal sealed class FloodSender(FloodSettings settings, IPEndPoint server, FloodCounters counters, CancellationToken stop)
{
    private const int PerSource = 10;
    private const int MaxLate = 1_000; // so many at once, on a machine that is too slow for the rate, and no more

    private readonly Random _random = Seeds.Random(settings.Seed, SeedPurpose.Flood, 0);
    private readonly byte[] _buffer = new byte[60_000];

    internal void Run()
    {
        double due = 0;
        long last = Stopwatch.GetTimestamp();
        while (!stop.WaitHandle.WaitOne(1))
        {
            long now = Stopwatch.GetTimestamp();
            due = Math.Min(due + (settings.Rate * (double)(now - last) / Stopwatch.Frequency), MaxLate);
            last = now;
            for (; due >= PerSource; due -= PerSource)
            {
                SendFromNewSource();
            }
        }
    }

    private void SendFromNewSource()
    {
        using Socket socket = FloodSource.Open(_random, server);
        counters.Sources++;
        for (int i = 0; i < PerSource; i++)
        {
            socket.Send(_buffer.AsSpan(0, Fill()), SocketFlags.None, out SocketError error);
            counters.SocketErrors += error == SocketError.Success ? 0 : 1;
        }
    }

    private int Fill()
    {
        switch (_random.Next(20))
        {
            case < 12:
                counters.ClientHellos++;
                return Forgery.ClientHello(_random, _buffer);
            case < 15:
                counters.Garbage++;
                int length = _random.Next(0, 1_400);
                _random.NextBytes(_buffer.AsSpan(0, length));
                return length;
            case < 19:
                counters.Garbage++;
                return Forgery.Record(_random, _buffer);
            default:
                counters.Oversized++;
                Forgery.ClientHello(_random, _buffer);
                return _random.Next(20_000, _buffer.Length);
        }
    }
}
