using System.Text.Json.Serialization;

namespace FifoVpn.Status;

/// <summary>What a node is at with a peer.</summary>
internal enum PeerState
{
    /// <summary>There is an association, and packets go to it.</summary>
    [JsonStringEnumMemberName("connected")]
    Connected,

    /// <summary>The peer is being called.</summary>
    [JsonStringEnumMemberName("connecting")]
    Connecting,

    /// <summary>The last call has failed, or the link is lost; the next call comes by itself.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Nobody needs the peer; it is called when there is a packet for it.</summary>
    [JsonStringEnumMemberName("idle")]
    Idle,

    /// <summary>There is no way to call the peer; it has to call.</summary>
    [JsonStringEnumMemberName("listening")]
    Listening,
}
