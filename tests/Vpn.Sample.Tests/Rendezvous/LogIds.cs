namespace FifoVpn.Tests.Rendezvous;

/// <summary>The event ids of the rendezvous server's log lines. They are stable.</summary>
internal static class LogIds
{
    public const int Started = 200;
    public const int Stopped = 201;
    public const int Registered = 202;
    public const int Gone = 203;
    public const int Replaced = 204;
    public const int Refused = 205;
    public const int TableFull = 206;
    public const int AddressTaken = 207;
    public const int RequestsLimited = 208;
    public const int RelayLimited = 209;
    public const int Malformed = 210;
}
