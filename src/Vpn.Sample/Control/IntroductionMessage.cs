using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace FifoVpn.Control;

/// <summary>
/// A rendezvous server tells each of two nodes where the other is: the one that asked, and, at the same moment, the one that was asked for, so that both call each
/// other and their NATs see both directions. Who really answers there is proved by its certificate.
/// </summary>
/// <param name="Request">That of the <see cref="FindMessage"/>; 0 for the node that was asked for.</param>
/// <param name="Name">The other node's name.</param>
/// <param name="Channel">What <see cref="RelayHeader.Channel"/> is for the other node, on this association; 0 when the server does not relay.</param>
/// <param name="PublicEndPoint">Where the server sees the other node.</param>
/// <param name="LocalEndPoints">Where the other node is for those behind the same NAT.</param>
internal sealed record IntroductionMessage(uint Request, string Name, uint Channel, IPEndPoint PublicEndPoint, IReadOnlyList<IPEndPoint> LocalEndPoints)
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer)
    {
        var writer = new ControlWriter(buffer, ControlType.Introduction);
        writer.UInt32(Request);
        writer.Text(Name);
        writer.UInt32(Channel);
        writer.EndPoint(PublicEndPoint);
        writer.EndPoints(LocalEndPoints);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out IntroductionMessage? introduction)
    {
        var reader = new ControlReader(message);
        introduction = reader.TryUInt32(out uint request) && reader.TryText(out string? name) && reader.TryUInt32(out uint channel)
            && reader.TryEndPoint(out IPEndPoint? publicEndPoint) && reader.TryEndPoints(out IReadOnlyList<IPEndPoint>? local)
            ? new IntroductionMessage(request, name, channel, publicEndPoint, local)
            : null;
        return introduction is not null;
    }
}
