using System.Diagnostics.CodeAnalysis;

namespace FifoVpn.Control;

/// <summary>A rendezvous server has no node behind the channel any more (or never had): introductions make new ones.</summary>
internal sealed record RelayClosedMessage(uint Channel)
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer)
    {
        var writer = new ControlWriter(buffer, ControlType.RelayClosed);
        writer.UInt32(Channel);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out RelayClosedMessage? closed)
    {
        closed = new ControlReader(message).TryUInt32(out uint channel) ? new RelayClosedMessage(channel) : null;
        return closed is not null;
    }
}
