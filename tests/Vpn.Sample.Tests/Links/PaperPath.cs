using FifoVpn.Links;

namespace FifoVpn.Tests.Links;

/// <summary>A path on paper: it carries datagrams up to a size and loses some; time jumps from one event to the next.</summary>
internal sealed class PaperPath(int smallest, int largest, int limit, Random random)
{
    public const long ConfirmInterval = 10_000;
    public const long ProbeTimeout = 500;
    public const long RaiseInterval = 600_000;

    private readonly List<(long At, int Size)> _acks = [];
    private long _lastSign;
    private int _lostInARow;

    public PathMtuSearch Search { get; } = new(
        smallest, largest, TimeSpan.FromMilliseconds(ProbeTimeout), TimeSpan.FromMilliseconds(ConfirmInterval), TimeSpan.FromMilliseconds(RaiseInterval), 0);

    public long Now { get; private set; }

    /// <summary>What the path carries now.</summary>
    public int Limit { get; set; } = limit;

    /// <summary>Nothing gets through at all.</summary>
    public bool IsDown { get; set; }

    /// <summary>Of the probes that fit; never all of one size, as then nobody could tell.</summary>
    public double Loss { get; init; }

    public int RoundTrip { get; init; } = 20;

    public int Probes { get; private set; }

    /// <summary>Called after each step.</summary>
    public Action? Stepped { get; set; }

    public void RunUntil(long end)
    {
        while (true)
        {
            long ack = _acks.Count > 0 ? _acks.Min(entry => entry.At) : long.MaxValue;
            long next = Math.Min(ack, Search.Next);
            if (next > end)
            {
                Now = end;
                return;
            }

            Now = Math.Max(Now, next);
            if (ack <= Now)
            {
                (long At, int Size) first = _acks.First(entry => entry.At == ack);
                _acks.Remove(first);
                _lastSign = Now;
                if (first.Size > 0)
                {
                    Search.Acknowledged(first.Size, Now);
                }
            }
            else
            {
                Send(Search.TakeProbe(Now, _lastSign));
            }

            Stepped?.Invoke();
        }
    }

    private void Send(int size)
    {
        if (size == 0)
        {
            return;
        }

        Probes++;
        if (IsDown)
        {
            return;
        }

        if (Search.IsRepeating)
        {
            _acks.Add((Now + RoundTrip, 0)); // the pong
        }

        if (size > Limit)
        {
            _lostInARow = 0;
        }
        else if (_lostInARow < PathMtuSearch.ProbesPerSize - 1 && random.NextDouble() < Loss)
        {
            _lostInARow++;
        }
        else
        {
            _lostInARow = 0;
            _acks.Add((Now + RoundTrip, size));
        }
    }
}
