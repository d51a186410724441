using System.Diagnostics.CodeAnalysis;

namespace FifoVpn.Rendezvous;

/// <summary>
/// The channels of one node. A number holds the channel's place and how often the place was given away: it is not 0, and a number of a channel that is no more does not
/// reach who has its place now. Look-ups take no lock; all else is done under the registry's.
/// </summary>
internal sealed class RelayChannels
{
    public const int Max = 1 << PlaceBits;

    private const int PlaceBits = 12;

    private readonly Dictionary<RendezvousNode, RelayChannel> _byTarget = [];
    private readonly Queue<int> _freed = new(); // the oldest first, so that a place rests
    private volatile RelayChannel?[] _places = [];
    private uint[] _uses = [];
    private int _used;

    public int Count => _byTarget.Count;

    public bool IsFull => _freed.Count == 0 && _used == Max;

    public IEnumerable<RendezvousNode> Targets => _byTarget.Keys;

    /// <summary>For the node's own thread.</summary>
    public RelayChannel? Find(uint number)
    {
        RelayChannel?[] places = _places;
        uint place = number % Max;
        RelayChannel? channel = place < places.Length ? Volatile.Read(ref places[place]) : null;
        return channel?.Number == number ? channel : null;
    }

    public bool TryGet(RendezvousNode target, [NotNullWhen(true)] out RelayChannel? channel) => _byTarget.TryGetValue(target, out channel);

    /// <summary>The number of the next channel. Not to be called when full.</summary>
    public uint Reserve()
    {
        if (!_freed.TryDequeue(out int place))
        {
            place = _used++;
            Grow(_used);
        }

        uint use = _uses[place] + 1;
        if (use << PlaceBits >> PlaceBits != use)
        {
            use = 1; // 0 is for those who don't relay
        }

        _uses[place] = use;
        return (use << PlaceBits) | (uint)place;
    }

    public void Add(RelayChannel channel)
    {
        _byTarget.Add(channel.Target, channel);
        Volatile.Write(ref _places[channel.Number % Max], channel);
    }

    public void Remove(RendezvousNode target)
    {
        if (_byTarget.Remove(target, out RelayChannel? channel))
        {
            int place = (int)(channel.Number % Max);
            Volatile.Write(ref _places[place], null);
            _freed.Enqueue(place);
        }
    }

    /// <summary>The node is gone, and nobody asks for a channel of its any more.</summary>
    public void Clear()
    {
        _byTarget.Clear();
        _places = [];
    }

    private void Grow(int count)
    {
        if (count <= _places.Length)
        {
            return;
        }

        int length = Math.Min(Max, Math.Max(8, 2 * _places.Length));
        RelayChannel?[] places = new RelayChannel?[length];
        _places.CopyTo(places, 0);
        Array.Resize(ref _uses, length);
        _places = places; // readers see the old or the new one; both hold all channels that there were
    }
}
