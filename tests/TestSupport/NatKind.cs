namespace FifoDtls.TestSupport;

/// <summary>How a <see cref="NatRouter"/> maps and filters UDP (the terms are those of RFC 4787 §4.1 and §5).</summary>
public enum NatKind
{
    /// <summary>The public port is the inner one, and whoever sends to it gets through: endpoint-independent mapping and filtering. For one host.</summary>
    FullCone,

    /// <summary>The public port is the inner one; only an address and port that was sent to gets through: what Linux does by itself.</summary>
    PortRestricted,

    /// <summary>Each destination is given a random public port of its own.</summary>
    Symmetric,
}
