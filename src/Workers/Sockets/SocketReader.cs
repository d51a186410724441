using Microsoft.Extensions.Logging;

namespace FifoDtls;

/// <summary>The one thread that reads the socket. It hands each datagram on and never waits for anything but the socket.</summary>
internal sealed class SocketReader
{
    private const long ReportInterval = 10_000; // milliseconds: strangers must not fill the log

    private readonly UdpSocket _socket;
    private readonly DatagramReceiver _receiver;
    private readonly DatagramHandler _handler;
    private readonly Action _endOfBatch;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private long? _reportedAt;

    /// <summary>Takes what a slot has got; must neither wait nor keep what it does not take: the next batch overwrites it.</summary>
    internal delegate void DatagramHandler(DatagramReceiver receiver, int slot);

    /// <param name="socket">The socket.</param>
    /// <param name="receiver">How it is read.</param>
    /// <param name="handler">Gets each slot.</param>
    /// <param name="endOfBatch">Called when all that came together has been handled. Must not throw.</param>
    /// <param name="logger">Is told what goes wrong.</param>
    internal SocketReader(UdpSocket socket, DatagramReceiver receiver, DatagramHandler handler, Action endOfBatch, ILogger logger)
    {
        _socket = socket;
        _receiver = receiver;
        _handler = handler;
        _endOfBatch = endOfBatch;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "dtls-reader" };
    }

    internal void Start() => _thread.Start();

    /// <summary>Waits for the thread to end; the socket must have been disposed.</summary>
    internal bool Join(TimeSpan timeout) => Thread.CurrentThread == _thread || _thread.Join(timeout);

    private void Run()
    {
        try
        {
            for (int count = _receiver.Receive(); count > 0; count = _receiver.Receive())
            {
                for (int i = 0; i < count; i++)
                {
                    Handle(i);
                }

                _endOfBatch();
            }
        }
        catch (ObjectDisposedException) when (_socket.IsDisposed)
        {
            // The end came while a datagram was being answered.
        }
        catch (Exception exception)
        {
            WorkersLogger.ReaderFailed(_logger, _socket.LocalEndPoint, exception);
        }

        _receiver.Release();
    }

    // All peers live on this thread: what goes wrong with one datagram (no memory for a new peer, a logger that throws) costs
    // that datagram and no more.
    private void Handle(int slot)
    {
        try
        {
            _handler(_receiver, slot);
        }
        catch (Exception exception) when (!_socket.IsDisposed)
        {
            Report(exception);
        }
    }

    private void Report(Exception exception)
    {
        long now = Environment.TickCount64;
        if (_reportedAt is { } last && now - last < ReportInterval)
        {
            return;
        }

        _reportedAt = now;
        try
        {
            WorkersLogger.DatagramFailed(_logger, _socket.LocalEndPoint, exception);
        }
        catch (Exception)
        {
            // It is the logger that throws, and there is nobody else to tell.
        }
    }
}
