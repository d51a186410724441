using System.Diagnostics.CodeAnalysis;

namespace FifoVpn.Control;

/// <summary>A rendezvous server can't introduce.</summary>
/// <param name="Request">That of the <see cref="FindMessage"/>.</param>
internal sealed record NotFoundMessage(uint Request, FindFailure Reason)
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer)
    {
        var writer = new ControlWriter(buffer, ControlType.NotFound);
        writer.UInt32(Request);
        writer.Byte((byte)Reason);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out NotFoundMessage? notFound)
    {
        var reader = new ControlReader(message);
        notFound = reader.TryUInt32(out uint request) && reader.TryByte(out byte reason)
            ? new NotFoundMessage(request, Enum.IsDefined((FindFailure)reason) ? (FindFailure)reason : FindFailure.Other)
            : null;
        return notFound is not null;
    }
}
