namespace FifoDtls.Tests;

/// <summary>
/// The tables. What holds in all of them: what is repeated, comes early in its own handshake, is lost once or changes places does not matter. Records of the wrong epoch, another association's data and
/// data in the clear are dropped in every state, as is a ChangeCipherSpec that is early, which has no message_seq by which it could be kept. A message of another handshake with a message_seq that is to come is taken in the place of the
/// genuine one (docs/design.md, "Forgeries in a handshake"), and then a signature or the Finished does not fit. A message that is not legal in a state, and comes with the message_seq that is due, ends the
/// attempt at its receiver, even when its sender is established already.
/// </summary>
internal static class HandshakeTables
{
    private const string UnexpectedSent = "UnexpectedMessage sent";
    private const string UnexpectedReceived = "UnexpectedMessage received";
    private const string AfterEstablished = DisturbedHandshake.Established + ", then ";

    /// <summary>What a cell says: how it ends at the receiver of the disturbed messages, and at their sender.</summary>
    internal static readonly IReadOnlyDictionary<char, (string AtReceiver, string AtSender)> Outcomes = new Dictionary<char, (string, string)>
    {
        ['.'] = (DisturbedHandshake.Established, DisturbedHandshake.Established),

        // Not legal in this state. With the small letter, the sender had its last flight to repeat only.
        ['U'] = (UnexpectedSent, UnexpectedReceived),
        ['u'] = (UnexpectedSent, AfterEstablished + UnexpectedReceived),

        // Legal in this state, but not what the sender meant: the receiver goes on (without a client certificate; by another ClientHello), which is not legal at the sender.
        ['B'] = (UnexpectedSent, UnexpectedSent),

        // The other handshake's message has other keys: a signature or a Finished is wrong.
        ['D'] = ("DecryptError sent", "DecryptError received"),
        ['d'] = ("DecryptError sent", AfterEstablished + "DecryptError received"),

        // As before, but the keys differ already, and what can't be decrypted is dropped.
        ['T'] = (DisturbedHandshake.TimedOut, DisturbedHandshake.TimedOut),

        // The server has not had a ClientHello with a cookie, and believes no alert before it has sent something.
        ['W'] = (UnexpectedSent, DisturbedHandshake.TimedOut),
    };

    internal static readonly HandshakeTable[] All =
    [
        new(HandshakeShape.Mutual, DtlsRole.Client, Disturbance.Inserted, """
               SH CT SK CR HD CS FI AD AP -- <>
            SH .  .  .  .  .  .  .  .  .  .  .
            CT .  .  .  .  .  .  .  .  .  .  .
            SK .  .  .  .  .  .  .  .  .  .  .
            CR .  .  .  .  .  .  .  .  .  .  .
            HD .  .  .  .  .  .  .  .  .  .  =
            CS .  .  .  .  .  .  .  .  .  .  .
            FI .  .  .  .  .  .  .  .  .  .  =
            ok .  .  .  .  .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Mutual, DtlsRole.Client, Disturbance.InPlace, """
               SH CT SK CR HD CS FI AD AP
            SH =  U  U  U  U  .  .  .  .
            CT U  =  U  U  U  .  .  .  .
            SK U  U  =  U  U  .  .  .  .
            CR U  U  U  =  B  .  .  .  .
            HD U  U  U  U  =  .  .  .  .
            CS u  u  u  u  u  =  .  .  .
            FI .  .  .  .  .  .  =  .  .
            """),
        new(HandshakeShape.Mutual, DtlsRole.Server, Disturbance.Inserted, """
               CH CT CK CV CS FI AD AP -- <>
            CH .  .  D  D  .  .  .  .  .  =
            CT .  .  .  .  .  .  .  .  .  .
            CK .  .  .  .  .  .  .  .  .  .
            CV .  .  .  .  .  .  .  .  .  .
            CS .  .  .  .  .  .  .  .  .  .
            FI .  .  .  .  .  .  .  .  .  =
            ok .  .  .  .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Mutual, DtlsRole.Server, Disturbance.InPlace, """
               CH CT CK CV CS FI AD AP
            CH =  U  U  U  .  .  .  .
            CT U  =  U  U  .  .  .  .
            CK U  U  =  U  .  .  .  .
            CV U  U  U  =  .  .  .  .
            CS U  U  U  U  =  .  .  .
            FI .  .  .  .  .  =  .  .
            """),
        new(HandshakeShape.Anonymous, DtlsRole.Client, Disturbance.Inserted, """
               SH CT SK HD CS FI AD AP -- <>
            SH .  .  .  .  .  .  .  .  .  .
            CT .  .  .  .  .  .  .  .  .  .
            SK .  .  .  .  .  .  .  .  .  .
            HD .  .  .  .  .  .  .  .  .  =
            CS .  .  .  .  .  .  .  .  .  .
            FI .  .  .  .  .  .  .  .  .  =
            ok .  .  .  .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Anonymous, DtlsRole.Client, Disturbance.InPlace, """
               SH CT SK HD CS FI AD AP
            SH =  U  U  U  .  .  .  .
            CT U  =  U  U  .  .  .  .
            SK U  U  =  U  .  .  .  .
            HD U  U  U  =  .  .  .  .
            CS u  u  u  u  =  .  .  .
            FI .  .  .  .  .  =  .  .
            """),
        new(HandshakeShape.Anonymous, DtlsRole.Server, Disturbance.Inserted, """
               CH CK CS FI AD AP -- <>
            CH .  T  .  .  .  .  .  =
            CK .  .  .  .  .  .  .  .
            CS .  .  .  .  .  .  .  .
            FI .  .  .  .  .  .  .  =
            ok .  .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Anonymous, DtlsRole.Server, Disturbance.InPlace, """
               CH CK CS FI AD AP
            CH =  U  .  .  .  .
            CK U  =  .  .  .  .
            CS U  U  =  .  .  .
            FI .  .  .  =  .  .
            """),
        new(HandshakeShape.Psk, DtlsRole.Client, Disturbance.Inserted, """
               SH SK HD CS FI AD AP -- <>
            SH .  .  .  .  .  .  .  .  .
            SK .  .  .  .  .  .  .  .  .
            HD .  .  .  .  .  .  .  .  =
            CS .  .  .  .  .  .  .  .  .
            FI .  .  .  .  .  .  .  .  =
            ok .  .  .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Psk, DtlsRole.Client, Disturbance.InPlace, """
               SH SK HD CS FI AD AP
            SH =  U  U  .  .  .  .
            SK U  =  U  .  .  .  .
            HD U  U  =  .  .  .  .
            CS u  u  u  =  .  .  .
            FI .  .  .  .  =  .  .
            """),
        new(HandshakeShape.Psk, DtlsRole.Server, Disturbance.Inserted, """
               CH CK CS FI AD AP -- <>
            CH .  T  .  .  .  .  .  =
            CK .  .  .  .  .  .  .  .
            CS .  .  .  .  .  .  .  .
            FI .  .  .  .  .  .  .  =
            ok .  .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Psk, DtlsRole.Server, Disturbance.InPlace, """
               CH CK CS FI AD AP
            CH =  U  .  .  .  .
            CK U  =  .  .  .  .
            CS U  U  =  .  .  .
            FI .  .  .  =  .  .
            """),
        new(HandshakeShape.Resumed, DtlsRole.Client, Disturbance.Inserted, """
               SH CS FI AD AP -- <>
            SH .  .  .  .  .  .  .
            CS .  .  .  .  .  .  .
            FI .  .  .  .  .  .  =
            ok .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Resumed, DtlsRole.Client, Disturbance.InPlace, """
               SH CS FI AD AP
            SH =  .  .  .  .
            CS U  =  .  .  .
            FI .  .  =  .  .
            """),
        new(HandshakeShape.Resumed, DtlsRole.Server, Disturbance.Inserted, """
               CH CS FI AD AP -- <>
            CH .  .  .  .  .  .  =
            CS .  .  .  .  .  .  .
            FI .  .  .  .  .  .  =
            ok .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Resumed, DtlsRole.Server, Disturbance.InPlace, """
               CH CS FI AD AP
            CH =  .  .  .  .
            CS u  =  .  .  .
            FI .  .  =  .  .
            """),
        new(HandshakeShape.Ticketed, DtlsRole.Client, Disturbance.Inserted, """
               SH CT SK CR HD NT CS FI AD AP -- <>
            SH .  .  .  .  .  d  .  .  .  .  .  .
            CT .  .  .  .  .  d  .  .  .  .  .  .
            SK .  .  .  .  .  d  .  .  .  .  .  .
            CR .  .  .  .  .  d  .  .  .  .  .  .
            HD .  .  .  .  .  d  .  .  .  .  .  =
            NT .  .  .  .  .  .  .  .  .  .  .  .
            CS .  .  .  .  .  .  .  .  .  .  .  .
            FI .  .  .  .  .  .  .  .  .  .  .  =
            ok .  .  .  .  .  .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Ticketed, DtlsRole.Client, Disturbance.InPlace, """
               SH CT SK CR HD NT CS FI AD AP
            SH =  U  U  U  U  U  .  .  .  .
            CT U  =  U  U  U  U  .  .  .  .
            SK U  U  =  U  U  U  .  .  .  .
            CR U  U  U  =  B  U  .  .  .  .
            HD U  U  U  U  =  U  .  .  .  .
            NT u  u  u  u  u  =  .  .  .  .
            CS u  u  u  u  u  u  =  .  .  .
            FI .  .  .  .  .  .  .  =  .  .
            """),
        new(HandshakeShape.Ticketed, DtlsRole.Server, Disturbance.Inserted, """
               CH CT CK CV CS FI AD AP -- <>
            CH .  .  D  D  .  .  .  .  .  =
            CT .  .  .  .  .  .  .  .  .  .
            CK .  .  .  .  .  .  .  .  .  .
            CV .  .  .  .  .  .  .  .  .  .
            CS .  .  .  .  .  .  .  .  .  .
            FI .  .  .  .  .  .  .  .  .  =
            ok .  .  .  .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Ticketed, DtlsRole.Server, Disturbance.InPlace, """
               CH CT CK CV CS FI AD AP
            CH =  U  U  U  .  .  .  .
            CT U  =  U  U  .  .  .  .
            CK U  U  =  U  .  .  .  .
            CV U  U  U  =  .  .  .  .
            CS U  U  U  U  =  .  .  .
            FI .  .  .  .  .  =  .  .
            """),
        new(HandshakeShape.Cookie, DtlsRole.Client, Disturbance.Inserted, """
               HV SH CT SK CR HD CS FI AD AP -- <>
            HV .  .  .  D  .  .  .  .  .  .  .  =
            SH .  .  .  .  .  .  .  .  .  .  .  .
            CT .  .  .  .  .  .  .  .  .  .  .  .
            SK .  .  .  .  .  .  .  .  .  .  .  .
            CR .  .  .  .  .  .  .  .  .  .  .  .
            HD .  .  .  .  .  .  .  .  .  .  .  =
            CS .  .  .  .  .  .  .  .  .  .  .  .
            FI .  .  .  .  .  .  .  .  .  .  .  =
            ok .  .  .  .  .  .  .  .  .  .  =  =
            """),
        new(HandshakeShape.Cookie, DtlsRole.Client, Disturbance.InPlace, """
               HV SH CT SK CR HD CS FI AD AP
            HV =  .  W  W  W  W  .  .  .  .
            SH U  =  U  U  U  U  .  .  .  .
            CT B  U  =  U  U  U  .  .  .  .
            SK U  U  U  =  U  U  .  .  .  .
            CR U  U  U  U  =  B  .  .  .  .
            HD U  U  U  U  U  =  .  .  .  .
            CS u  u  u  u  u  u  =  .  .  .
            FI .  .  .  .  .  .  .  =  .  .
            """),
    ];
}
