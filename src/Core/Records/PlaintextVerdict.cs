namespace FifoDtls;

/// <summary>What becomes of a record in the clear while a handshake is in progress.</summary>
internal enum PlaintextVerdict
{
    /// <summary>It is the engine's to judge.</summary>
    Pass,

    /// <summary>No correct peer sends it, or it has no effect: it is dropped.</summary>
    Drop,

    /// <summary>An alert that would end the handshake: it is believed only if the peer stays silent after it.</summary>
    HoldBack,
}
