namespace FifoDtls;

internal sealed partial class FifoBio
{
    /// <summary>The keys of a server's session tickets, where the association may use them.</summary>
    internal TicketKeys? Tickets { get; set; }
}
