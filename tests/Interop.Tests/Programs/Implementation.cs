namespace FifoDtls.Interop.Tests;

/// <summary>Whose programs stand on the other side.</summary>
public enum Implementation
{
    /// <summary><c>openssl s_client</c> and <c>s_server</c>.</summary>
    OpenSsl,

    /// <summary><c>gnutls-cli</c> and <c>gnutls-serv</c>.</summary>
    GnuTls,
}
