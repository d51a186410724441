namespace FifoVpn.Rendezvous;

/// <summary>What a rendezvous server holds now and has done so far.</summary>
internal readonly record struct RendezvousStatistics
{
    /// <summary>Nodes that are registered now.</summary>
    public int Nodes { get; init; }

    /// <summary>Nodes with an association now, registered or about to be.</summary>
    public int Associations { get; init; }

    /// <summary>Pairs of nodes now that have been introduced and may relay.</summary>
    public int Channels { get; init; }

    /// <summary>Registrations answered, repetitions included.</summary>
    public long Registrations { get; init; }

    /// <summary>Associations that gave way to a newer one of the same node.</summary>
    public long Replaced { get; init; }

    /// <summary>Nodes dropped because nothing came from them, or no registration.</summary>
    public long Silent { get; init; }

    /// <summary>Associations refused: the certificate names no node.</summary>
    public long RefusedIdentities { get; init; }

    /// <summary>Associations refused: there are as many nodes as there may be.</summary>
    public long RefusedFull { get; init; }

    /// <summary>Addresses that a certificate carries and another node had already.</summary>
    public long RefusedAddresses { get; init; }

    /// <summary>Questions where another node is.</summary>
    public long Finds { get; init; }

    /// <summary>Those of them that were answered by an introduction of both.</summary>
    public long Introductions { get; init; }

    /// <summary>Those that found nobody.</summary>
    public long NotRegistered { get; init; }

    /// <summary>Those beyond the rate limit.</summary>
    public long TooManyRequests { get; init; }

    /// <summary>Those of a node for itself.</summary>
    public long Yourself { get; init; }

    /// <summary>Those of a node that had not registered.</summary>
    public long RegisterFirst { get; init; }

    /// <summary>Registrations beyond the rate limit; not answered.</summary>
    public long RegistrationsLimited { get; init; }

    /// <summary>Introductions without a relay, because a node had as many channels as it may have.</summary>
    public long ChannelsFull { get; init; }

    /// <summary>Datagrams relayed.</summary>
    public long RelayedDatagrams { get; init; }

    /// <summary>Their bytes, as the rate limit counts them: with the relay's header, without the server's DTLS.</summary>
    public long RelayedBytes { get; init; }

    /// <summary>Datagrams not relayed: the pair's rate limit.</summary>
    public long RelayDropsRate { get; init; }

    /// <summary>Datagrams not relayed: no such channel, or its node is gone.</summary>
    public long RelayDropsClosed { get; init; }

    /// <summary>Datagrams not relayed: larger than the receiver takes.</summary>
    public long RelayDropsTooLarge { get; init; }

    /// <summary>Datagrams not relayed: this server does not relay.</summary>
    public long RelayDropsOff { get; init; }

    /// <summary>Messages that are no valid message of their type, and payloads that are none at all.</summary>
    public long Malformed { get; init; }

    /// <summary>Messages of a type that is unknown or not for a server.</summary>
    public long Ignored { get; init; }
}
