using Org.BouncyCastle.Crypto.Tls;

namespace FifoDtls.Interop.Tests;

/// <summary>A <see cref="FifoTransport"/> as what BouncyCastle's engine takes for a datagram socket.</summary>
internal sealed class BouncyTransport(FifoTransport fifo) : DatagramTransport
{
    private const int LargestRecord = 13 + 16_384 + 2_048; // RFC 6347 §4.1, RFC 5246 §6.2.3

    /// <summary>Whether the engine has closed it, which it does after a close_notify of either side and after a failure.</summary>
    internal bool IsClosed { get; private set; }

    public int GetReceiveLimit() => LargestRecord;

    public int GetSendLimit() => fifo.MaxDatagramSize;

    public int Receive(byte[] buf, int off, int len, int waitMillis) =>
        fifo.Receive(buf.AsSpan(off, len), TimeSpan.FromMilliseconds(waitMillis), out int length) switch
        {
            DatagramStatus.Ready => length,
            DatagramStatus.None => -1,
            _ => throw new EndOfStreamException("The FIFO is closed."), // after a time that is over the engine would look again and again
        };

    public void Send(byte[] buf, int off, int len) => fifo.Send(buf.AsSpan(off, len));

    public void Close()
    {
        IsClosed = true;
        fifo.Dispose();
    }
}
