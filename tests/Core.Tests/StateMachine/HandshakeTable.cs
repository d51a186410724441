namespace FifoDtls.Tests;

/// <summary>
/// The legal outcomes of one shape and receiver. A row is a state of the receiver: the message that is due, or <see cref="Done"/>. A column is a message that comes as well or in its place, or
/// <see cref="Omitted"/> or <see cref="Swapped"/>. A cell is a key of <see cref="HandshakeTables.Outcomes"/>, or '=' where there is nothing to disturb.
/// </summary>
internal sealed class HandshakeTable
{
    internal const string Done = "ok";
    internal const string Omitted = "--";
    internal const string Swapped = "<>";
    internal const char Nothing = '=';

    private readonly Dictionary<(string Row, string Column), char> _cells = [];

    internal HandshakeTable(HandshakeShape shape, DtlsRole receiver, Disturbance disturbance, string text)
    {
        Shape = shape;
        Receiver = receiver;
        Disturbance = disturbance;
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Columns = Words(lines[0]);
        foreach (string[] words in lines[1..].Select(Words))
        {
            Assert.That(words, Has.Length.EqualTo(Columns.Length + 1), $"{this}, row {words[0]}");
            for (int i = 0; i < Columns.Length; i++)
            {
                _cells.Add((words[0], Columns[i]), words[i + 1].Single());
            }
        }
    }

    internal HandshakeShape Shape { get; }

    internal DtlsRole Receiver { get; }

    internal DtlsRole Sender => Receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;

    internal Disturbance Disturbance { get; }

    internal string[] Columns { get; }

    internal IReadOnlyDictionary<(string Row, string Column), char> Cells => _cells;

    public override string ToString() => $"{Shape}, to the {Receiver}, {Disturbance}";

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
