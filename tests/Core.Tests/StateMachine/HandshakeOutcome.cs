namespace FifoDtls.Tests;

/// <summary>How a handshake ended on both sides.</summary>
internal readonly record struct HandshakeOutcome(string Client, string Server)
{
    internal static HandshakeOutcome Of(DtlsRole receiver, string atReceiver, string atSender) =>
        receiver == DtlsRole.Client ? new HandshakeOutcome(atReceiver, atSender) : new HandshakeOutcome(atSender, atReceiver);
}
