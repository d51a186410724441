namespace FifoDtls;

// What is counted of associations. None of it is done for a datagram.
public sealed partial class DtlsEndpoint
{
    private readonly DtlsConnectionTotals _totals = new();

    /// <summary>Where the connections of this endpoint count what outlives them.</summary>
    internal DtlsConnectionTotals Totals => _totals;

    /// <summary>The tags that tell this endpoint's measurements from another's, in OpenTelemetry's terms.</summary>
    internal KeyValuePair<string, object?>[] MetricTags => field ??=
        [new("network.local.address", LocalEndPoint.Address.ToString()), new("network.local.port", LocalEndPoint.Port)];

    /// <summary>The datagrams that stand in the peers' FIFOs now.</summary>
    internal long QueuedDatagrams => _peers.CountQueued();

    /// <summary>Counts a payload that could not be sent for want of an association. Never handles the exception: to be used as its filter.</summary>
    internal bool CountUnsent(Exception exception)
    {
        if (exception is ObjectDisposedException)
        {
            EndpointCounters.Count(ref _counters.SendsAfterDisposal);
        }
        else if (exception is DtlsException or InvalidOperationException)
        {
            EndpointCounters.Count(ref _counters.SendsWithoutAssociation);
        }

        return false;
    }

    private PeerAddition CountOpen(PeerAddition addition)
    {
        EndpointCounters.Count(ref _counters.Opens);
        if (addition != PeerAddition.Added)
        {
            EndpointCounters.Count(ref _counters.OpensFailed);
        }

        return addition;
    }

    private void CountEnd(DtlsPeer peer, bool wasEstablished)
    {
        if (wasEstablished)
        {
            EndpointMetrics.AssociationEnded(this, peer);
            if (peer.End is not (DtlsPeerEnd.ClosedByPeer or DtlsPeerEnd.Failed or DtlsPeerEnd.Replaced))
            {
                EndpointCounters.Count(ref peer.Role == DtlsRole.Client ? ref _counters.ClientCloses : ref _counters.ServerCloses);
            }

            return;
        }

        EndpointMetrics.HandshakeDone(this, peer, peer.End);
        if (peer.IsOutgoing)
        {
            EndpointCounters.Count(ref _counters.OpensFailed);
        }

        if (peer.Failure is DtlsCertificateException refused)
        {
            EndpointCounters.Count(
                ref peer.Role == DtlsRole.Server ? ref _counters.ClientCertificatesRefused
                : ref LeadsToNoAnchor(refused.VerifyResult) ? ref _counters.ServerCertificatesUnknown
                : ref _counters.ServerCertificatesInvalid);
        }
    }

    // X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, DEPTH_ZERO_SELF_SIGNED_CERT, SELF_SIGNED_CERT_IN_CHAIN,
    // UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNABLE_TO_VERIFY_LEAF_SIGNATURE and CERT_UNTRUSTED of OpenSSL's x509_vfy.h.
    private static bool LeadsToNoAnchor(int verifyResult) => verifyResult is 2 or 18 or 19 or 20 or 21 or 27;
}
