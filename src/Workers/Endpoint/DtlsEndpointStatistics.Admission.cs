namespace FifoDtls;

// What the limits for sources that are no peers yet have done.
public sealed partial record DtlsEndpointStatistics
{
    /// <summary>ClientHellos dropped at <see cref="DtlsEndpointOptions.MaxHelloVerifyRequestsPerSecond"/>.</summary>
    public long HelloVerifyRequestsLimited { get; init; }

    /// <summary>ClientHellos dropped at <see cref="DtlsEndpointOptions.MaxHandshakesPerSecond"/>.</summary>
    public long RefusedHandshakeRate { get; init; }

    /// <summary>ClientHellos put together from fragments.</summary>
    public long HellosReassembled { get; init; }

    /// <summary>
    /// Fragments dropped because no proven first fragment came before them, or because their ClientHello is served already. A client that fragments its ClientHello causes some always.
    /// </summary>
    public long HelloFragmentsDropped { get; init; }

    /// <summary>First fragments dropped because their ClientHello is larger than is put together.</summary>
    public long OversizedHellos { get; init; }

    /// <summary>First fragments dropped at <see cref="DtlsEndpointOptions.MaxHelloReassemblies"/>.</summary>
    public long RefusedReassembliesFull { get; init; }
}
