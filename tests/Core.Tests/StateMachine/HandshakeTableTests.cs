using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// Handshake messages out of order, repeated, omitted and interleaved, in every state of both roles: each ends as <see cref="HandshakeTables"/> says, and whatever the end, nothing is delivered
/// before the handshake is done, nothing but what the other side sent, and both sides never agree on different things.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeTableTests
{
    private const int AtOnce = 24; // most of them wait

    private static IEnumerable<TestCaseData> Tables => HandshakeTables.All.Select(table => new TestCaseData(table).SetArgDisplayNames(table.ToString()));

    [TestCaseSource(nameof(Tables)), CancelAfter(300_000)]
    public void Each_disturbance_ends_as_the_table_says(HandshakeTable table)
    {
        IReadOnlyDictionary<string, byte[]> foreign = Record(table, out string[] order);
        Assert.That(table.Cells.Keys.Select(cell => cell.Row).Distinct(), Is.EqualTo(table.Disturbance == Disturbance.Inserted ? [.. order, HandshakeTable.Done] : order), "every state has a row");
        Assert.That(order.Except(table.Columns), Is.Empty, "every message has a column");
        List<string> differences = [];
        foreach (KeyValuePair<(string Row, string Column), char>[] some in table.Cells.Where(cell => cell.Value != HandshakeTable.Nothing).Chunk(AtOnce))
        {
            BlockingThread<string?>[] cases = [.. some.Select(cell => BlockingThread.Start($"{cell.Key}", () => Differs(table, cell.Key, cell.Value, foreign)))];
            BlockingThread.JoinAll(Limits.LongWatchdog * 2, cases);
            differences.AddRange(cases.Select(one => one.Join(Limits.Watchdog)).OfType<string>());
        }

        Assert.That(string.Join(Environment.NewLine, differences), Is.Empty);
    }

    private static string? Differs(HandshakeTable table, (string Row, string Column) cell, char code, IReadOnlyDictionary<string, byte[]> foreign)
    {
        (string atReceiver, string atSender) = HandshakeTables.Outcomes[code];
        HandshakeOutcome expected = HandshakeOutcome.Of(table.Receiver, atReceiver, atSender);
        (Disturbance disturbance, string? other) = cell.Column switch
        {
            HandshakeTable.Omitted => (Disturbance.Omitted, null),
            HandshakeTable.Swapped => (Disturbance.Swapped, null),
            _ => (table.Disturbance, cell.Column),
        };
        Manipulation manipulation = new(disturbance, cell.Row, other, foreign);
        HandshakeOutcome actual = new DisturbedHandshake(table.Shape, table.Receiver, manipulation, afterwards: cell.Row == HandshakeTable.Done).Run(expected);
        return actual == expected ? null : $"{cell.Row} {cell.Column}: {actual} instead of {expected}";
    }

    /// <summary>A handshake of the table's shape that nobody disturbs: its messages in the table's direction, and what comes after them.</summary>
    private static Dictionary<string, byte[]> Record(HandshakeTable table, out string[] order)
    {
        using DtlsPair pair = ShapedPair.Make(table.Shape);
        pair.Handshake();
        pair.AssertDelivers(table.Sender);
        byte[][] records = [.. pair.Link.From(table.Sender).Sent.SelectMany(datagram => Records.Split(datagram))];
        Dictionary<string, byte[]> messages = [];
        foreach (byte[] record in records)
        {
            messages.TryAdd(Step.NameOf(record)!, record);
        }

        order = [.. messages.Keys.Where(name => name != Step.ForeignData)];
        messages.Add(Step.PlainData, Records.Make(DtlsRecord.ApplicationData, 0, 1_000, "not protected at all"u8));
        return messages;
    }
}
