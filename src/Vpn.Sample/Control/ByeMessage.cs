using System.Diagnostics.CodeAnalysis;

namespace FifoVpn.Control;

/// <summary>Says why the sender closes the association right after. It may be lost: nothing but a log line depends on it.</summary>
internal sealed record ByeMessage(ByeReason Reason, string Text)
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer)
    {
        var writer = new ControlWriter(buffer, ControlType.Bye);
        writer.Byte((byte)Reason);
        writer.Text(Text);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out ByeMessage? bye)
    {
        var reader = new ControlReader(message);
        bye = reader.TryByte(out byte reason) && reader.TryText(out string? text)
            ? new ByeMessage(Enum.IsDefined((ByeReason)reason) ? (ByeReason)reason : ByeReason.Other, text)
            : null;
        return bye is not null;
    }
}
