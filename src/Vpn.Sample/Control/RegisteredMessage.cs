using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace FifoVpn.Control;

/// <summary>A rendezvous server's answer to a registration.</summary>
/// <param name="PublicEndPoint">Where the server sees the node.</param>
/// <param name="Relays">Whether the server relays.</param>
/// <param name="Keepalive">How often the server wants to hear of the node: it forgets one of which nothing came for three times as long. 1 ms to 49 days, whole milliseconds.</param>
internal sealed record RegisteredMessage(IPEndPoint PublicEndPoint, bool Relays, TimeSpan Keepalive)
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer)
    {
        var writer = new ControlWriter(buffer, ControlType.Registered);
        writer.EndPoint(PublicEndPoint);
        writer.Byte(Relays ? (byte)1 : (byte)0);
        writer.UInt32((uint)Keepalive.TotalMilliseconds);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out RegisteredMessage? registered)
    {
        var reader = new ControlReader(message);
        registered = reader.TryEndPoint(out IPEndPoint? endPoint) && reader.TryByte(out byte relays) && reader.TryUInt32(out uint keepalive) && keepalive > 0
            ? new RegisteredMessage(endPoint, relays != 0, TimeSpan.FromMilliseconds(keepalive))
            : null;
        return registered is not null;
    }
}
