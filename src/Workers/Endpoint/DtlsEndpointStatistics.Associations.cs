namespace FifoDtls;

// Counters of associations; those of RFC 6353's TLSTM MIB are among them, or are named by those that are.
public sealed partial record DtlsEndpointStatistics
{
    /// <summary>Connects begun, whatever became of them.</summary>
    public long Opens { get; init; }

    /// <summary>Connects that brought no association, for whatever reason; those refused because there is a peer at the address, or no room for one, included.</summary>
    public long OpensFailed { get; init; }

    /// <summary>Associations with this side as the client that this side closed: not those that the peer closed, that failed or that were replaced.</summary>
    public long ClientCloses { get; init; }

    /// <summary>Associations with this side as the server that this side closed: not those that the peer closed, that failed or that were replaced.</summary>
    public long ServerCloses { get; init; }

    /// <summary>Handshakes that failed because a client's certificate was refused, or because it sent none and one is required.</summary>
    public long ClientCertificatesRefused { get; init; }

    /// <summary>Handshakes that failed because a server's certificate leads to no trust anchor.</summary>
    public long ServerCertificatesUnknown { get; init; }

    /// <summary>Handshakes that failed because a server's certificate was refused otherwise: expired, another name, a wrong signature.</summary>
    public long ServerCertificatesInvalid { get; init; }

    /// <summary>Payloads given to <see cref="DtlsPeer.Send(ReadOnlySpan{byte})"/> and refused because the association was closed, had failed or was not established.</summary>
    public long SendsWithoutAssociation { get; init; }

    /// <summary>Payloads given to <see cref="DtlsPeer.Send(ReadOnlySpan{byte})"/> and refused because the peer had been disposed.</summary>
    public long SendsAfterDisposal { get; init; }

    /// <summary>Datagrams that associations dropped silently: see <see cref="DtlsConnectionStatistics.DatagramsInvalid"/>.</summary>
    public long DatagramsInvalid { get; init; }

    /// <summary>How often a handshake timer expired and a flight was sent again.</summary>
    public long Retransmissions { get; init; }
}
