using FifoDtls.TestSupport;
using Org.BouncyCastle.Crypto.Tls;
using Org.BouncyCastle.Security;

namespace FifoDtls.Interop.Tests;

/// <summary>
/// BouncyCastle on a thread of its own: it does its handshake over a <see cref="FifoTransport"/>, sends each payload back, and ends with the association. Asked by the payload <see cref="CloseRequest"/>,
/// it closes itself.
/// </summary>
internal sealed class BouncyEcho : IDisposable
{
    private readonly FifoTransport _fifo;
    private readonly BouncyTransport _transport;
    private readonly BlockingThread _thread;

    private BouncyEcho(string name, FifoTransport fifo, Func<DatagramTransport, DtlsTransport> handshake)
    {
        _fifo = fifo;
        _transport = new BouncyTransport(fifo);
        _thread = BlockingThread.Start(name, () => Run(handshake(_transport)));
    }

    internal static ReadOnlySpan<byte> CloseRequest => "please close"u8;

    public void Dispose()
    {
        _fifo.Dispose();
        Assert.That(_thread.TryJoin(Limits.Step), Is.True);
    }

    internal static BouncyEcho Connect(FifoTransport fifo, TlsClient client) =>
        new("BouncyCastle's client", fifo, transport => new DtlsClientProtocol(new SecureRandom()).Connect(client, transport));

    internal static BouncyEcho Accept(FifoTransport fifo, TlsServer server) =>
        new("BouncyCastle's server", fifo, transport => new DtlsServerProtocol(new SecureRandom()).Accept(server, transport));

    /// <summary>Waits until its side of the association has ended in order: by a close_notify, not by an error and not because the test was over.</summary>
    internal void ExpectEnd() => _thread.Join(Limits.Step);

    /// <summary>Waits until its side has failed.</summary>
    internal Exception ExpectFailure()
    {
        Assert.That(_thread.TryJoin(Limits.Step), Is.True);
        return _thread.Exception ?? throw new AssertionException($"{_thread.Name} has ended in order.");
    }

    private void Run(DtlsTransport association)
    {
        byte[] buffer = new byte[association.GetReceiveLimit()];
        while (!_transport.IsClosed)
        {
            int length = Receive(association, buffer);
            if (length > 0 && buffer.AsSpan(0, length).SequenceEqual(CloseRequest))
            {
                association.Close();
            }
            else if (length > 0)
            {
                association.Send(buffer, 0, length);
            }
        }
    }

    private int Receive(DtlsTransport association, byte[] buffer)
    {
        try
        {
            return association.Receive(buffer, 0, buffer.Length, (int)Limits.Step.TotalMilliseconds);
        }
        catch (EndOfStreamException) when (_transport.IsClosed)
        {
            return 0; // the engine has taken a close_notify, has closed the transport, and has looked once more
        }
    }
}
