namespace FifoDtls.Tests;

/// <summary>
/// Disturbs one direction of a handshake once, when the message <paramref name="due"/> is first sent: so all that comes before it has come, and the receiver is in the state in which it awaits it. Each
/// record is delivered in a datagram of its own.
/// </summary>
/// <param name="disturbance">What is done.</param>
/// <param name="due">The message that is due.</param>
/// <param name="other">The message that is inserted or comes in its place: this handshake's own if it has been sent, else another's.</param>
/// <param name="foreign">The messages of another handshake of the same shape and direction.</param>
internal sealed class Manipulation(Disturbance disturbance, string due, string? other, IReadOnlyDictionary<string, byte[]> foreign)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _own = [];
    private int _lastSequence = -1;
    private bool _done;

    internal void Intercept(int number, ReadOnlySpan<byte> datagram, DatagramSender deliver)
    {
        lock (_lock)
        {
            List<byte[]> records = Tests.Records.Split(datagram);
            foreach (byte[] record in records)
            {
                if (Step.NameOf(record) is { } name)
                {
                    _own.TryAdd(name, record);
                }
            }

            for (int i = 0; i < records.Count; i++)
            {
                if (_done || Step.NameOf(records[i]) != due)
                {
                    Pass(records[i], deliver);
                    continue;
                }

                _done = true;
                i += Disturb(records, i, deliver);
            }
        }
    }

    /// <summary>Delivers the other message to a side that is done.</summary>
    internal void DeliverLate(DatagramSender deliver) => deliver(Copy());

    /// <returns>How many records beyond this one have been seen to.</returns>
    private int Disturb(List<byte[]> records, int at, DatagramSender deliver)
    {
        byte[] record = records[at];
        switch (disturbance)
        {
            case Disturbance.Inserted:
                deliver(Copy());
                Pass(record, deliver);
                return 0;
            case Disturbance.InPlace:
                deliver(Step.InPlaceOf(record, Copy(), _lastSequence));
                return 0;
            case Disturbance.Swapped:
                Pass(records[at + 1], deliver);
                Pass(record, deliver);
                return 1;
            default:
                return 0;
        }
    }

    private void Pass(byte[] record, DatagramSender deliver)
    {
        if (Step.HasMessageSequence(record))
        {
            _lastSequence = Step.MessageSequence(record);
        }

        deliver(record);
    }

    private byte[] Copy() => _own.GetValueOrDefault(other!) ?? foreign[other!];
}
