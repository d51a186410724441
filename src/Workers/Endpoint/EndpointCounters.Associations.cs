namespace FifoDtls;

internal sealed partial class EndpointCounters
{
    internal long Opens;
    internal long OpensFailed;
    internal long ClientCloses;
    internal long ServerCloses;
    internal long ClientCertificatesRefused;
    internal long ServerCertificatesUnknown;
    internal long ServerCertificatesInvalid;
    internal long SendsWithoutAssociation;
    internal long SendsAfterDisposal;
}
