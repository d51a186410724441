using System.Diagnostics;
using System.Net;

namespace FifoDtls.Stress;

/// <summary>A real client during a flood: connects before it, and sends and receives until it is over.</summary>
internal sealed class FloodClient(int number, DtlsContext context, IPEndPoint server, SoakCounters counters, CountdownEvent connected, CancellationToken stop)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    /// <summary>The longest time between two payloads that came back, or since the last one.</summary>
    internal TimeSpan LongestSilence { get; private set; }

    internal void Run()
    {
        try
        {
            using var endpoint = new DtlsEndpoint(new DtlsEndpointOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ClientContext = context });
            using DtlsPeer peer = endpoint.Connect(server);
            Interlocked.Increment(ref counters.Established);
            connected.Signal();
            Echo(peer);
        }
        catch (Exception exception)
        {
            SoakCounters.Count(counters.Violations, $"client: {exception.GetType().Name}: {exception.Message}");
        }
    }

    private void Echo(DtlsPeer peer)
    {
        byte[] payload = new byte[200];
        long last = Stopwatch.GetTimestamp();
        for (uint sequence = 0; !stop.WaitHandle.WaitOne(Pause); sequence++)
        {
            long sentAt = Stopwatch.GetTimestamp();
            new SoakPayload(number, 0, sequence, sentAt, AsksForClose: false).Write(payload);
            peer.Send(payload);
            Interlocked.Increment(ref counters.Sent);
            if (Receive(peer, payload, sequence))
            {
                counters.RoundTrips.Add(Stopwatch.GetTimestamp() - sentAt);
                Note(ref last);
            }
        }

        TimeSpan silence = Stopwatch.GetElapsedTime(last);
        LongestSilence = silence > LongestSilence ? silence : LongestSilence;
    }

    private void Note(ref long last)
    {
        TimeSpan silence = Stopwatch.GetElapsedTime(last);
        LongestSilence = silence > LongestSilence ? silence : LongestSilence;
        last = Stopwatch.GetTimestamp();
    }

    /// <summary>Waits for the payload with this number; those before it, which were given up, are counted only.</summary>
    private bool Receive(DtlsPeer peer, byte[] buffer, uint sequence)
    {
        long start = Stopwatch.GetTimestamp();
        while (AnswerLimit - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            DtlsReceiveResult result = peer.Receive(buffer, left);
            if (result.Status == DtlsReceiveStatus.TimedOut)
            {
                break;
            }

            if (!result.HasData)
            {
                throw new InvalidOperationException($"the association ended as {result.Status}");
            }

            Interlocked.Increment(ref counters.Received);
            if (!SoakPayload.TryRead(buffer.AsSpan(0, result.Length), out SoakPayload header))
            {
                Interlocked.Increment(ref counters.PayloadErrors);
            }
            else if (header.Peer != number)
            {
                Interlocked.Increment(ref counters.CrossDeliveries);
            }
            else if (header.Sequence == sequence)
            {
                return true;
            }
        }

        Interlocked.Increment(ref counters.Lost); // or later than the limit
        return false;
    }
}
