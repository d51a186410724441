namespace FifoDtls.Tests;

/// <summary>How a handshake is disturbed.</summary>
internal enum Disturbance
{
    /// <summary>A copy of a message comes before the one that is due.</summary>
    Inserted,

    /// <summary>Another message comes in the place of the one that is due, with its message_seq.</summary>
    InPlace,

    /// <summary>The message that is due is lost once.</summary>
    Omitted,

    /// <summary>The message that is due changes places with the one behind it in its flight.</summary>
    Swapped,
}
