namespace FifoVpn.Rendezvous;

/// <summary>The numbers behind <see cref="RendezvousStatistics"/>; changed by any thread.</summary>
internal sealed class RendezvousCounters
{
    public long Registrations;
    public long Replaced;
    public long Silent;
    public long RefusedIdentities;
    public long RefusedFull;
    public long RefusedAddresses;
    public long Finds;
    public long Introductions;
    public long NotRegistered;
    public long TooManyRequests;
    public long Yourself;
    public long RegisterFirst;
    public long RegistrationsLimited;
    public long ChannelsFull;
    public long RelayedDatagrams;
    public long RelayedBytes;
    public long RelayDropsRate;
    public long RelayDropsClosed;
    public long RelayDropsTooLarge;
    public long RelayDropsOff;
    public long Malformed;
    public long Ignored;

    public static void Count(ref long counter, long amount = 1) => Interlocked.Add(ref counter, amount);

    public RendezvousStatistics Snapshot(RegistryCounts counts) => new()
    {
        Nodes = counts.Registered,
        Associations = counts.Nodes,
        Channels = counts.Channels,
        Registrations = Interlocked.Read(ref Registrations),
        Replaced = Interlocked.Read(ref Replaced),
        Silent = Interlocked.Read(ref Silent),
        RefusedIdentities = Interlocked.Read(ref RefusedIdentities),
        RefusedFull = Interlocked.Read(ref RefusedFull),
        RefusedAddresses = Interlocked.Read(ref RefusedAddresses),
        Finds = Interlocked.Read(ref Finds),
        Introductions = Interlocked.Read(ref Introductions),
        NotRegistered = Interlocked.Read(ref NotRegistered),
        TooManyRequests = Interlocked.Read(ref TooManyRequests),
        Yourself = Interlocked.Read(ref Yourself),
        RegisterFirst = Interlocked.Read(ref RegisterFirst),
        RegistrationsLimited = Interlocked.Read(ref RegistrationsLimited),
        ChannelsFull = Interlocked.Read(ref ChannelsFull),
        RelayedDatagrams = Interlocked.Read(ref RelayedDatagrams),
        RelayedBytes = Interlocked.Read(ref RelayedBytes),
        RelayDropsRate = Interlocked.Read(ref RelayDropsRate),
        RelayDropsClosed = Interlocked.Read(ref RelayDropsClosed),
        RelayDropsTooLarge = Interlocked.Read(ref RelayDropsTooLarge),
        RelayDropsOff = Interlocked.Read(ref RelayDropsOff),
        Malformed = Interlocked.Read(ref Malformed),
        Ignored = Interlocked.Read(ref Ignored),
    };
}
