using System.Text;

namespace FifoDtls.Fuzz;

/// <summary>
/// Datagrams to both sides of an open association, which must survive all of them: the genuine ones of its own past, changed. The screening by headers is compared with a reading of its
/// own; payloads must be genuine and come once; and a payload must come through each way again and again.
/// </summary>
internal sealed class RecordsTarget : FuzzTarget
{
    private const int EchoEvery = 32;
    private const int RenewEvery = 100_000;
    private const int Withheld = 24;

    private readonly List<byte[]> _corpus = [];
    private readonly HashSet<string> _expected = new(StringComparer.Ordinal);
    private readonly byte[] _buffer = new byte[20_000];
    private MemoryLink _link = null!;
    private DtlsConnection _client = null!;
    private DtlsConnection _server = null!;
    private long _number;

    internal RecordsTarget() => Renew();

    internal override IReadOnlyList<byte[]> Corpus => _corpus;

    internal override void Mutate(MutationBuffer buffer, FuzzRandom random)
    {
        for (int changes = 1 + random.Below(3); changes > 0; changes--)
        {
            if (random.OneIn(2))
            {
                DtlsStructure.Change(buffer, random);
            }
            else
            {
                Mutator.Change(buffer, random, _corpus);
            }
        }

        if (random.OneIn(4))
        {
            DtlsStructure.Repair(buffer, random);
        }
    }

    internal override void Check(ReadOnlySpan<byte> input)
    {
        if (++_number % RenewEvery == 0)
        {
            Close();
            Renew();
        }

        CheckScreening(input);
        _link.Server.Push(input);
        _link.Client.Push(input);
        Drain(_server);
        Drain(_client);
        if (_number % EchoEvery == 0)
        {
            Echo(_client, _server);
            Echo(_server, _client);
        }
    }

    public override void Dispose() => Close();

    private void CheckScreening(ReadOnlySpan<byte> input)
    {
        int length = DtlsRecord.PlausibleLength(input);
        Must.Hold(length >= 0 && length <= input.Length && DtlsRecord.PlausibleLength(input[..length]) == length, "what is plausible is so by itself");
        int at = 0;
        while (at < length)
        {
            int size = 13 + (input[at + 11] << 8) + input[at + 12];
            ReadOnlySpan<byte> record = input.Slice(at, size);
            Must.Hold(record[0] is >= 20 and <= 23 && record[1] == 0xFE && record[2] is 0xFD or 0xFF, "known types and versions");
            Must.Hold(record[0] != 23 || record[3] + record[4] != 0, "no application data in the clear");
            at += size;
            if (record[3] + record[4] != 0)
            {
                continue;
            }

            foreach (DtlsRole role in (ReadOnlySpan<DtlsRole>)[DtlsRole.Client, DtlsRole.Server])
            {
                PlaintextVerdict verdict = PlaintextRecord.Judge(record, role);
                Must.Hold(verdict != PlaintextVerdict.Pass || record[0] is 20 or 22, "alerts never pass at once");
                Must.Hold(verdict != PlaintextVerdict.Pass || record[0] != 22 || SumsUp(record[13..]), "fragments that pass fill their record");
                Count(verdict.ToString());
            }
        }

        Must.Hold(at == length, "whole records");
    }

    private static bool SumsUp(ReadOnlySpan<byte> messages)
    {
        while (messages.Length >= 12)
        {
            int total = (messages[1] << 16) + (messages[2] << 8) + messages[3];
            int offset = (messages[6] << 16) + (messages[7] << 8) + messages[8];
            int size = (messages[9] << 16) + (messages[10] << 8) + messages[11];
            if (offset + size > total || size + 12 > messages.Length)
            {
                return false;
            }

            messages = messages[(12 + size)..];
        }

        return messages.IsEmpty;
    }

    // Whatever else comes out is a payload that was sent, and has not come before.
    private void Drain(DtlsConnection connection)
    {
        while (connection.TryReceive(_buffer, out DtlsReceiveResult result))
        {
            Must.Hold(result.Status == DtlsReceiveStatus.Data, $"the association is open, not {result.Status}");
            Must.Hold(_expected.Remove(connection.Role + Encoding.Latin1.GetString(_buffer, 0, result.Length)), "a payload is genuine and comes once");
            Count("payloads");
        }
    }

    private void Echo(DtlsConnection from, DtlsConnection to)
    {
        string payload = $"echo {_number}";
        _expected.Add(to.Role + payload);
        from.Send(Encoding.Latin1.GetBytes(payload));
        Drain(to);
        Must.Hold(!_expected.Contains(to.Role + payload), "the echo has come");
        Count("echoes");
    }

    // A new association. Its handshake and some payloads are what is changed; other payloads are sent but held back, so that genuine records that are new are among them too.
    private void Renew()
    {
        Count("associations");
        _link = new MemoryLink(Handshakes.Fifo);
        _client = new DtlsConnection(Handshakes.Client, _link.Client, DtlsRole.Client);
        _server = new DtlsConnection(Handshakes.Server, _link.Server, DtlsRole.Server);
        Handshakes.Complete(_client, _server);
        _corpus.Clear();
        _expected.Clear();
        _corpus.AddRange(_link.ToServer.Sent);
        _corpus.AddRange(_link.ToClient.Sent);
        foreach ((DtlsConnection from, LinkDirection way, DtlsRole to) in new[] { (_client, _link.ToServer, DtlsRole.Server), (_server, _link.ToClient, DtlsRole.Client) })
        {
            way.Interceptor = (_, datagram, _) => _corpus.Add(datagram.ToArray());
            for (int i = 0; i < Withheld; i++)
            {
                string payload = $"withheld {i} {new string('x', i * 9)}";
                _expected.Add(to + payload);
                from.Send(Encoding.Latin1.GetBytes(payload));
            }

            way.Interceptor = null;
        }

        // Alerts and a ChangeCipherSpec in the clear, which anybody can send.
        _corpus.Add([21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40]);
        _corpus.Add([20, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 10, 0, 1, 1]);
        _corpus.Add([21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 11, 0, 2, 1, 0]);
    }

    private void Close()
    {
        _client.Dispose();
        _server.Dispose();
        _link.Dispose();
    }
}
