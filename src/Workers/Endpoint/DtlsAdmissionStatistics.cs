namespace FifoDtls;

/// <summary>What an endpoint's limits for sources that are no peers yet have done since it was made.</summary>
/// <param name="HelloVerifyRequestsLimited">ClientHellos dropped at <see cref="DtlsEndpointOptions.MaxHelloVerifyRequestsPerSecond"/>.</param>
/// <param name="RefusedHandshakeRate">ClientHellos dropped at <see cref="DtlsEndpointOptions.MaxHandshakesPerSecond"/>.</param>
/// <param name="HellosReassembled">ClientHellos put together from fragments.</param>
/// <param name="HelloFragmentsDropped">
/// Fragments dropped because no proven first fragment came before them, or because their ClientHello is served already. A client that fragments its ClientHello causes some always.
/// </param>
/// <param name="OversizedHellos">First fragments dropped because their ClientHello is larger than is put together.</param>
/// <param name="RefusedReassembliesFull">First fragments dropped at <see cref="DtlsEndpointOptions.MaxHelloReassemblies"/>.</param>
public readonly record struct DtlsAdmissionStatistics(
    long HelloVerifyRequestsLimited,
    long RefusedHandshakeRate,
    long HellosReassembled,
    long HelloFragmentsDropped,
    long OversizedHellos,
    long RefusedReassembliesFull);
