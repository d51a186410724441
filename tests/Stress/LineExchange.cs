using System.Runtime.ExceptionServices;
using System.Text;

namespace FifoDtls.Stress;

/// <summary>Lines to datagrams and back: a thread reads stdin and sends, the caller's thread receives and prints.</summary>
internal sealed class LineExchange
{
    private const int MaxPayloadSize = 16_384; // of a record, RFC 5246 §6.2.1

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly DtlsPeer _peer;
    private readonly TimeSpan _linger;
    private readonly CancellationTokenSource _inputEnded = new(); // never disposed: the sending thread may outlive Run, blocked at stdin
    private long _sent; // written by the sending thread before it cancels _inputEnded
    private ExceptionDispatchInfo? _failure; // likewise

    internal LineExchange(DtlsPeer peer, TimeSpan linger)
    {
        _peer = peer;
        _linger = linger;
    }

    /// <summary>Runs until the input and the replies to it have ended, the peer has closed, or the token is cancelled.</summary>
    internal void Run(CancellationToken cancellationToken)
    {
        new Thread(SendInput) { IsBackground = true, Name = "stdin" }.Start();
        using var output = new StreamWriter(Console.OpenStandardOutput(), Utf8) { AutoFlush = true };
        byte[] buffer = new byte[MaxPayloadSize];
        long received = 0;
        try
        {
            while (Receive(buffer, received, cancellationToken) is { HasData: true } result)
            {
                received++;
                output.WriteLine(Utf8.GetString(buffer, 0, result.Length).TrimEnd('\r', '\n'));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A signal: the caller closes the association.
        }

        if (_inputEnded.IsCancellationRequested)
        {
            _failure?.Throw();
        }
    }

    /// <summary>The next reply; without data at the end of the association, and when no more replies are to be expected.</summary>
    private DtlsReceiveResult Receive(byte[] buffer, long received, CancellationToken cancellationToken)
    {
        if (!_inputEnded.IsCancellationRequested)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _inputEnded.Token);
            try
            {
                return _peer.Receive(buffer, Timeout.InfiniteTimeSpan, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The input has ended: from now on the wait has a limit.
            }
        }

        return received < _sent ? _peer.Receive(buffer, _linger, cancellationToken) : new DtlsReceiveResult(DtlsReceiveStatus.TimedOut, 0);
    }

    private void SendInput()
    {
        try
        {
            using var input = new StreamReader(Console.OpenStandardInput(), Utf8);
            int limit = _peer.Negotiated!.MaxPayloadSize;
            long number = 0;
            while (input.ReadLine() is { } line)
            {
                number++;
                byte[] payload = Utf8.GetBytes(line);
                if (payload.Length > limit)
                {
                    Console.Error.WriteLine($"fifodtls-stress: line {number} has {payload.Length} bytes and is not sent: a datagram takes {limit}.");
                }
                else if (payload.Length > 0)
                {
                    _peer.Send(payload);
                    _sent++;
                }
            }
        }
        catch (Exception exception) when (exception is DtlsException or ObjectDisposedException or InvalidOperationException)
        {
            // The association has ended; the receiving thread learns how.
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            _inputEnded.Cancel();
        }
    }
}
