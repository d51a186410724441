using FifoVpn.Control;

namespace FifoVpn.Tests.Control;

/// <summary>A message of some type, its bytes, and how that type is written and read.</summary>
internal sealed record Sample(ControlType Type, object Message, Sample.Writer Write, Sample.Reader Read)
{
    public delegate byte[] Writer(object message, byte[] buffer);

    /// <summary>Null: the bytes are no such message.</summary>
    public delegate object? Reader(ReadOnlySpan<byte> bytes);

    public delegate ReadOnlySpan<byte> Writer<T>(T message, byte[] buffer);

    public byte[] Bytes => Write(Message, new byte[ControlMessage.MaxLength]);

    public static Sample Of<T>(ControlType type, T message, Writer<T> write, Reader read)
        where T : notnull => new(type, message, (m, buffer) => write((T)m, buffer).ToArray(), read);
}
