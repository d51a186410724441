using FifoDtls;
using FifoVpn.Control;

namespace FifoVpn.Rendezvous;

// A server whose certificate is revoked while this node is registered with it.
internal sealed partial class RendezvousClient
{
    private volatile byte[]? _certificate; // set before the association is
    private volatile string? _refusal;

    /// <summary>Ends the association if the server's certificate is not accepted any more, or only a new handshake can tell; then the server is called again.</summary>
    /// <returns>Whether it was ended.</returns>
    public bool EndIfRevoked()
    {
        if (_association is not { } association || _certificate is not { } certificate || _events.Refusal(certificate, begins: false) is not { } refusal)
        {
            return false;
        }

        End(association, refusal);
        return true;
    }

    /// <summary>The same of an association that has just begun: its handshake may still have gone by the former lists.</summary>
    private void EndIfRevokedMeanwhile(DtlsPeer association)
    {
        if (_events.Refusal(_certificate!, begins: true) is { } refusal)
        {
            End(association, refusal);
        }
    }

    private void End(DtlsPeer association, string refusal)
    {
        _refusal = $"its certificate is not accepted any more: {refusal}";
        TrySend(association, new ByeMessage(ByeReason.Revoked, refusal).Write(stackalloc byte[ControlMessage.MaxLength]));
        association.Close();
    }
}
