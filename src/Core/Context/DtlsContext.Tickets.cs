using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsContext
{
    private TicketKeys? _ticketKeys;

    private void SetTickets()
    {
        if (_options.Resumption is not { Tickets: { } tickets } resumption)
        {
            return;
        }

        LibSsl.SSL_CTX_set_client_hello_cb(Handle, &HandshakeCallbacks.OnClientHello, null);
        if (LibSsl.SSL_CTX_set_tlsext_ticket_key_evp_cb(Handle, &HandshakeCallbacks.OnTicketKey) != 1)
        {
            throw new DtlsException("libssl takes no keys for session tickets: " + OpenSslErrors.Drain());
        }

        _ticketKeys = new TicketKeys(tickets, resumption.Lifetime);
    }

    /// <summary>
    /// Lets an association use tickets, which the context forbids by itself: a client's where it may resume, a server's where there are keys. Not one that verifies by what another context
    /// demands: nobody could resume its session.
    /// </summary>
    internal void AllowTickets(SafeSslHandle ssl, FifoBio bio, DtlsRole role, bool verifiesByOther)
    {
        if (role == DtlsRole.Client ? _options.Resumption is not null : _ticketKeys is not null && !verifiesByOther)
        {
            bio.Tickets = role == DtlsRole.Server ? _ticketKeys : null;
            _ = LibSsl.SSL_clear_options(ssl, LibSsl.OpNoTicket);
        }
    }
}
