using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace FifoVpn.Control;

/// <summary>A rendezvous server's answer to a registration.</summary>
/// <param name="PublicEndPoint">Where the server sees the node.</param>
/// <param name="Relays">Whether the server relays.</param>
internal sealed record RegisteredMessage(IPEndPoint PublicEndPoint, bool Relays)
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer)
    {
        var writer = new ControlWriter(buffer, ControlType.Registered);
        writer.EndPoint(PublicEndPoint);
        writer.Byte(Relays ? (byte)1 : (byte)0);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out RegisteredMessage? registered)
    {
        var reader = new ControlReader(message);
        registered = reader.TryEndPoint(out IPEndPoint? endPoint) && reader.TryByte(out byte relays) ? new RegisteredMessage(endPoint, relays != 0) : null;
        return registered is not null;
    }
}
