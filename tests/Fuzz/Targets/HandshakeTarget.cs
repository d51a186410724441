using System.Globalization;
using System.Text;
using FifoDtls.TestSupport;

namespace FifoDtls.Fuzz;

/// <summary>
/// A handshake whose datagrams are changed, repeated, lost, or joined by changed ones on their way. Each side must end in time: done, and then a payload comes through each way, or by a
/// <see cref="DtlsException"/> or a <see cref="TimeoutException"/>; never by anything else. An input is a plan of 16 bytes, as the datagrams differ from handshake to handshake.
/// </summary>
internal sealed class HandshakeTarget : FuzzTarget
{
    private const int PlanSize = 16;
    private const int MaxDatagram = 1_200;

    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10); // for a busy machine

    private readonly List<byte[]> _corpus = [new byte[PlanSize]];
    private readonly CapturedHandshake _other = Handshakes.Capture();
    private readonly Lock _lock = new();
    private readonly StringBuilder _transcript = new();
    private readonly MutationBuffer _buffer = new(MaxDatagram);
    private readonly FuzzRandom _random = new();
    private readonly byte[] _received = new byte[2_048];

    internal override IReadOnlyList<byte[]> Corpus => _corpus;

    internal override int MaxInput => PlanSize;

    internal override TimeSpan Limit => TimeSpan.FromSeconds(60);

    internal override string? Transcript
    {
        get
        {
            lock (_lock)
            {
                return _transcript.ToString();
            }
        }
    }

    internal override void Mutate(MutationBuffer buffer, FuzzRandom random)
    {
        buffer.Load(new byte[PlanSize]);
        buffer.Write(0, 8, random.Next());
        buffer.Write(8, 8, random.Next());
    }

    internal override void Check(ReadOnlySpan<byte> input)
    {
        byte[] plan = input.ToArray();
        lock (_lock)
        {
            _transcript.Clear();
        }

        using var link = new MemoryLink(Handshakes.Fifo, recording: false);
        var options = new DtlsConnectionOptions { RetransmissionTimeout = TimeSpan.FromMilliseconds(25), MaxRetransmissionTimeout = TimeSpan.FromMilliseconds(100) };
        using var client = new DtlsConnection(Handshakes.Client, link.Client, DtlsRole.Client, options);
        using var server = new DtlsConnection(Handshakes.Server, link.Server, DtlsRole.Server, options);
        link.ToServer.Interceptor = (number, datagram, deliver) => Interfere(plan, 0, number, datagram, deliver);
        link.ToClient.Interceptor = (number, datagram, deliver) => Interfere(plan, 1, number, datagram, deliver);
        BlockingThread other = BlockingThread.Start("server", () => Handshake(server, plan, link.Client));
        Handshake(client, plan, link.Server);
        Must.Hold(other.TryJoin(Deadline + Slack), "the server's handshake ends in time");
        if (other.Exception is { } failure)
        {
            throw failure;
        }

        bool both = client.State == DtlsConnectionState.Established && server.State == DtlsConnectionState.Established;
        Count(both ? "done" : client.State == DtlsConnectionState.Established || server.State == DtlsConnectionState.Established ? "done on one side" : "failed");
        if (both)
        {
            link.ToServer.Interceptor = null;
            link.ToClient.Interceptor = null;
            Must.Hold(client.Negotiated!.CipherSuite == server.Negotiated!.CipherSuite, "both agree");
            Echo(client, server);
            Echo(server, client);
        }
    }

    // When one side has failed, the other one would mostly wait for its deadline. Only in a quarter of the plans it does.
    private static void Handshake(DtlsConnection connection, byte[] plan, FifoTransport other)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            connection.Handshake(Deadline);
        }
        catch (Exception exception) when (exception is DtlsException or TimeoutException)
        {
            Must.Hold(connection.State == DtlsConnectionState.Failed, "a handshake that has failed is final");
            if (plan[13] % 4 != 0)
            {
                other.Complete();
            }
        }

        Must.Hold(System.Diagnostics.Stopwatch.GetElapsedTime(start) < Deadline + Slack, "a handshake ends in time");
    }

    private void Echo(DtlsConnection from, DtlsConnection to)
    {
        from.Send("an echo"u8);
        DtlsReceiveResult result = to.Receive(_received, Slack);
        Must.Hold(result.Status == DtlsReceiveStatus.Data && _received.AsSpan(0, result.Length).SequenceEqual("an echo"u8), "a payload comes through after a handshake that is done");
    }

    // Two bytes of the plan are a bit for each of the first datagrams of a direction: whether something happens to it. The rest is a seed for what.
    private void Interfere(byte[] plan, int direction, int number, ReadOnlySpan<byte> datagram, DatagramSender deliver)
    {
        ulong bits = (ulong)plan[direction] & plan[direction + 2]; // a quarter of them
        if (number > 8 || (bits >> (number - 1) & 1) == 0)
        {
            deliver(datagram);
            return;
        }

        lock (_lock)
        {
            ulong seed = BitConverter.ToUInt64(plan, 4) ^ ((ulong)direction << 32) ^ (ulong)number;
            _random.Restart(seed);
            int kind = plan[12] % 5;
            Change(datagram, direction);
            _transcript.Append(CultureInfo.InvariantCulture, $"{(direction == 0 ? "to the server" : "to the client")}, datagram {number}, kind {kind}, changed: {Convert.ToHexStringLower(_buffer.Bytes)}\n");
            if (kind == 1)
            {
                deliver(datagram);
            }

            deliver(_buffer.Bytes);
            if (kind is 2 or 3)
            {
                deliver(datagram);
            }
        }
    }

    private void Change(ReadOnlySpan<byte> datagram, int direction)
    {
        IReadOnlyList<byte[]> others = direction == 0 ? _other.ToServer : _other.ToClient;
        _buffer.Load(_random.OneIn(8) ? others[_random.Below(others.Count)] : datagram);
        for (int changes = 1 + _random.Below(3); changes > 0; changes--)
        {
            if (_random.OneIn(4))
            {
                Mutator.Change(_buffer, _random, others);
            }
            else
            {
                DtlsStructure.Change(_buffer, _random);
            }
        }

        if (_random.OneIn(3))
        {
            DtlsStructure.Repair(_buffer, _random);
        }
    }
}
