namespace FifoDtls.Tests;

/// <summary>The handshakes that have tables of their own, because their messages differ.</summary>
internal enum HandshakeShape
{
    /// <summary>Both sides show certificates.</summary>
    Mutual,

    /// <summary>The server alone shows a certificate.</summary>
    Anonymous,

    /// <summary>A pre-shared key with ECDHE.</summary>
    Psk,

    /// <summary>A session of the server's cache is resumed.</summary>
    Resumed,

    /// <summary>Both sides show certificates, and the server gives a ticket.</summary>
    Ticketed,

    /// <summary>As <see cref="Mutual"/>, after a cookie exchange.</summary>
    Cookie,
}
