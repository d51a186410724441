using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using FifoDtls;
using FifoVpn.Control;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Rendezvous;

// What the thread of a node does.
internal sealed partial class RendezvousServer
{
    // The largest plaintext of a record (RFC 5246 §6.2.1): whatever a node sends, it fits.
    private const int MaxPayload = 16_384;

    private void Serve(DtlsPeer association)
    {
        if (!TryIdentify(association, out RendezvousNode? node) || !TryAdmit(node))
        {
            return; // and the association is closed
        }

        string detail = "";
        try
        {
            if (!EndIfRefused(node, begins: true))
            {
                Receive(node, out detail);
            }
        }
        catch (Exception exception) when (exception is DtlsException or ObjectDisposedException)
        {
            node.EndAs(NodeEnd.Failed);
            detail = exception.Message;
        }
        finally
        {
            _registry.Remove(node);
            CountEnd(node);
            RendezvousLogger.Gone(_logger, node.Name, node.PublicEndPoint, node.End, detail);
        }
    }

    /// <summary>Who a node is, its certificate says, which has been verified by now; nothing that it sends can say otherwise.</summary>
    private bool TryIdentify(DtlsPeer association, [NotNullWhen(true)] out RendezvousNode? node)
    {
        X509Certificate2? certificate = association.Negotiated?.PeerCertificate;
        if (certificate is not null && CertificateIdentity.TryRead(certificate, out CertificateIdentity? identity) && NodeName.IsValid(identity.Name))
        {
            node = new RendezvousNode(association, identity.Name, PrefixesOf(identity), _options) { Certificate = certificate.RawData };
            return true;
        }

        node = null;
        RendezvousCounters.Count(ref _counters.RefusedIdentities);
        RendezvousLogger.Refused(_logger, association.RemoteEndPoint, certificate is null ? "it showed no certificate" : $"its certificate ({NodeName.Printable(certificate.Subject)}) names no node");
        return false;
    }

    // The one place that decides what a certificate lets its node be found by.
    private static IpPrefix[] PrefixesOf(CertificateIdentity identity) => [.. identity.Prefixes.Distinct()];

    private bool TryAdmit(RendezvousNode node)
    {
        switch (_registry.Admit(node, out RendezvousNode? replaced, out IReadOnlyList<RefusedPrefix> refused))
        {
            case Admission.TableFull:
                RendezvousCounters.Count(ref _counters.RefusedFull);
                if (_tableFull.Note(out long count))
                {
                    RendezvousLogger.TableFull(_logger, node.Name, node.PublicEndPoint, _options.MaxNodes, count);
                }

                node.SayBye(ByeReason.TableFull, $"the rendezvous server has {_options.MaxNodes} nodes already");
                return false;
            case Admission.Closed:
                node.SayBye(ByeReason.ShuttingDown, "the rendezvous server is shutting down");
                return false;
        }

        if (replaced is not null)
        {
            RendezvousCounters.Count(ref _counters.Replaced);
            RendezvousLogger.Replaced(_logger, node.Name, node.PublicEndPoint, replaced.PublicEndPoint);
            replaced.EndAs(NodeEnd.Replaced);
            replaced.SayBye(ByeReason.Replaced, $"there is a newer association of {node.Name}, from {node.PublicEndPoint}");
            replaced.Association.Close();
        }

        foreach (RefusedPrefix prefix in refused)
        {
            RendezvousCounters.Count(ref _counters.RefusedAddresses);
            RendezvousLogger.AddressTaken(_logger, node.Name, node.PublicEndPoint, prefix.Prefix, prefix.Owner);
        }

        return true;
    }

    private void Receive(RendezvousNode node, out string detail)
    {
        byte[] buffer = new byte[MaxPayload];
        while (true)
        {
            DtlsReceiveResult received = node.Association.Receive(buffer, _silence);
            if (!received.HasData)
            {
                EndAs(node, received.Status, out detail);
                return;
            }

            Span<byte> message = buffer.AsSpan(0, received.Length);
            if (!Handle(node, message))
            {
                detail = ByeMessage.TryRead(message, out ByeMessage? bye) ? $"it says {bye.Reason}: {bye.Text}" : "it says good-bye";
                node.EndAs(NodeEnd.ClosedByNode);
                return;
            }

            if (_options.Clock.GetElapsedTime(node.Since) > _silence && !_registry.IsRegistered(node))
            {
                detail = $"no registration for {_silence.TotalSeconds:0.###} s";
                node.EndAs(NodeEnd.NeverRegistered);
                return;
            }
        }
    }

    /// <returns><see langword="false"/>: the node says good-bye.</returns>
    private bool Handle(RendezvousNode node, Span<byte> message)
    {
        if (!ControlMessage.Is(message))
        {
            Malformed(node);
            return true;
        }

        switch (ControlMessage.TypeOf(message))
        {
            case ControlType.Relay:
                Relay(node, message);
                break;
            case ControlType.Ping:
                Answer(node, message);
                break;
            case ControlType.Register:
                Register(node, message);
                break;
            case ControlType.Find:
                Find(node, message);
                break;
            case ControlType.Pong:
                break; // it has come: that is all there is to it
            case ControlType.Bye:
                return false;
            default:
                RendezvousCounters.Count(ref _counters.Ignored);
                break;
        }

        return true;
    }

    private void EndAs(RendezvousNode node, DtlsReceiveStatus status, out string detail)
    {
        (NodeEnd end, detail) = status switch
        {
            DtlsReceiveStatus.TimedOut => (NodeEnd.Silent, $"nothing came for {_silence.TotalSeconds:0.###} s"),
            DtlsReceiveStatus.ClosedByPeer => (NodeEnd.ClosedByNode, "in order"),
            DtlsReceiveStatus.TransportClosed => (NodeEnd.Replaced, "its address has a newer association"),
            _ => (NodeEnd.ShuttingDown, "in order"), // unless it was replaced, which is said already
        };
        node.EndAs(end);
    }

    private void CountEnd(RendezvousNode node)
    {
        if (node.End is NodeEnd.Silent or NodeEnd.NeverRegistered)
        {
            RendezvousCounters.Count(ref _counters.Silent);
        }
    }

    private void Malformed(RendezvousNode node)
    {
        RendezvousCounters.Count(ref _counters.Malformed);
        if (_malformed.Note(out long count))
        {
            RendezvousLogger.Malformed(_logger, node.Name, count);
        }
    }
}
