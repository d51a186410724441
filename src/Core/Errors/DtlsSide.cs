namespace FifoDtls;

/// <summary>One of the two sides of an association, seen from here.</summary>
public enum DtlsSide
{
    /// <summary>This side.</summary>
    Local,

    /// <summary>The peer.</summary>
    Remote,
}
