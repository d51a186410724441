namespace FifoDtls;

/// <summary>The part that a side plays in the handshake.</summary>
public enum DtlsRole
{
    /// <summary>Sends the ClientHello.</summary>
    Client,

    /// <summary>Answers it.</summary>
    Server,
}
