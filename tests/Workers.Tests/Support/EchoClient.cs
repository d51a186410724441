using System.Buffers.Binary;
using NUnit.Framework;

namespace FifoDtls.Tests;

/// <summary>
/// Asks an echo server and checks each answer: every payload carries the client's tag and a number, so that another's datagram, or an older one, shows itself.
/// A datagram that the network lost is asked for again.
/// </summary>
internal sealed class EchoClient(int tag, Action<byte[]> send, EchoClient.Receiver receive)
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);

    private readonly byte[] _request = new byte[64];
    private readonly byte[] _answer = new byte[2048];
    private int _number;

    internal delegate DtlsReceiveResult Receiver(Span<byte> buffer, TimeSpan timeout);

    internal static EchoClient Of(DtlsPeer peer, int tag = 0) => new(tag, payload => peer.Send(payload), (buffer, timeout) => peer.Receive(buffer, timeout));

    internal static EchoClient Of(DtlsConnection connection, int tag = 0) =>
        new(tag, payload => connection.Send(payload), (buffer, timeout) => connection.Receive(buffer, timeout));

    /// <summary>Requests that had to be repeated: datagrams that were lost on the way.</summary>
    internal int Repeated { get; private set; }

    /// <summary>One request and its answer.</summary>
    internal void RoundTrip()
    {
        _number++;
        BinaryPrimitives.WriteInt32BigEndian(_request, tag);
        BinaryPrimitives.WriteInt32BigEndian(_request.AsSpan(4), _number);
        for (int attempt = 0; attempt < 20; attempt++)
        {
            Repeated += attempt > 0 ? 1 : 0;
            send(_request);
            if (TakeAnswer())
            {
                return;
            }
        }

        Assert.Fail($"Client {tag} got no answer to its request {_number}.");
    }

    internal void RoundTrips(int count)
    {
        for (int i = 0; i < count; i++)
        {
            RoundTrip();
        }
    }

    private bool TakeAnswer()
    {
        while (true)
        {
            DtlsReceiveResult result = receive(_answer, AnswerTime);
            if (result.Status == DtlsReceiveStatus.TimedOut)
            {
                return false;
            }

            if (!result.HasData || result.Length != _request.Length || BinaryPrimitives.ReadInt32BigEndian(_answer) != tag)
            {
                Assert.Fail($"Client {tag} got {result}, tagged {BinaryPrimitives.ReadInt32BigEndian(_answer)}.");
            }

            if (BinaryPrimitives.ReadInt32BigEndian(_answer.AsSpan(4)) == _number)
            {
                return true; // an older one is the late answer to a request that was repeated
            }
        }
    }
}
