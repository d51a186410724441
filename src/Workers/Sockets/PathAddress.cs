using System.Net;
using System.Net.Sockets;

namespace FifoDtls;

/// <summary>
/// A peer's address, and the local one that its datagrams came to. A socket on all addresses must answer from there: left to itself the system chooses by
/// route, and the peer would take the answer for a stranger's. As a key it is the peer's address alone.
/// </summary>
internal sealed class PathAddress : SocketAddress
{
    internal PathAddress(AddressFamily family)
        : base(family)
    {
    }

    private PathAddress(SocketAddress other)
        : base(other.Family, other.Size)
    {
        other.Buffer.Span[..other.Size].CopyTo(Buffer.Span);
        Local = (other as PathAddress)?.Local ?? default;
    }

    internal LocalAddress Local { get; set; }

    /// <summary>A copy to keep of what a receiver will overwrite.</summary>
    internal static PathAddress Copy(SocketAddress address) => new(address);
}
