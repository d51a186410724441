namespace FifoVpn.Control;

/// <summary><see cref="ControlType.Ping"/> and <see cref="ControlType.Pong"/>: a token of the pinging side's own, which comes back as it was.</summary>
internal readonly record struct EchoMessage(ulong Token)
{
    public const int Length = 1 + sizeof(ulong);

    public ReadOnlySpan<byte> Write(Span<byte> buffer, ControlType type)
    {
        var writer = new ControlWriter(buffer, type);
        writer.UInt64(Token);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> message, out EchoMessage echo)
    {
        bool valid = new ControlReader(message).TryUInt64(out ulong token);
        echo = new EchoMessage(token);
        return valid;
    }
}
