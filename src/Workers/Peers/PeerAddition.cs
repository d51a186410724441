namespace FifoDtls;

/// <summary>What became of an addition to the peer table.</summary>
internal enum PeerAddition
{
    Added,
    Exists,
    Full,
    Closed,
}
