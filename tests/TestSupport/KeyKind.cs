namespace FifoDtls.TestSupport;

/// <summary>The key of a test certificate.</summary>
public enum KeyKind
{
    /// <summary>ECDSA on P-256.</summary>
    EcP256,

    /// <summary>RSA with 2048 bits.</summary>
    Rsa2048,
}
