using System.Diagnostics;
using System.Net.Sockets;

namespace FifoVpn.Status;

/// <summary>
/// A stream socket with a deadline on every request and every answer as a whole, and a bound on what is read: however slowly the other side reads or writes, a call ends. One thread
/// uses it; any thread disposes it, which ends a call in progress.
/// </summary>
internal sealed class ClientConnection(Socket socket, int maxRequest) : IDisposable
{
    // A send waits until the system has taken it all: by pieces, the deadline is looked at in between.
    private const int PieceLength = 16 << 10;

    private readonly byte[] _buffer = new byte[maxRequest];
    private int _start;
    private int _end;

    /// <summary>Waits for bytes up to a terminator.</summary>
    /// <param name="message">What stands before the terminator; good until the next call.</param>
    public ReadStatus Read(ReadOnlySpan<byte> terminator, TimeSpan limit, out ReadOnlySpan<byte> message)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        message = default;
        long start = Stopwatch.GetTimestamp();
        int length;
        while ((length = _buffer.AsSpan(0, _end).IndexOf(terminator)) < 0)
        {
            if (_end == _buffer.Length)
            {
                return ReadStatus.TooLong;
            }

            ReadStatus status = Receive(limit - Stopwatch.GetElapsedTime(start));
            if (status != ReadStatus.Done)
            {
                return status;
            }
        }

        message = _buffer.AsSpan(0, length);
        _start = length + terminator.Length;
        return ReadStatus.Done;
    }

    /// <returns>Whether the system has taken all of it in time.</returns>
    public bool TryWrite(ReadOnlySpan<byte> data, TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            while (!data.IsEmpty)
            {
                TimeSpan left = limit - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                socket.SendTimeout = Milliseconds(left);
                int sent = socket.Send(data[..Math.Min(data.Length, PieceLength)], SocketFlags.None, out SocketError error);
                if (error != SocketError.Success)
                {
                    return false;
                }

                data = data[sent..];
            }

            return true;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return false;
        }
    }

    /// <summary>Says that no more answers come, so that the client gets what was written before the connection is closed.</summary>
    public void EndWriting()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The client has gone before.
        }
    }

    public void Dispose() => socket.Dispose();

    private static int Milliseconds(TimeSpan limit) => (int)Math.Clamp(limit.TotalMilliseconds, 1, int.MaxValue);

    private ReadStatus Receive(TimeSpan limit)
    {
        if (limit <= TimeSpan.Zero)
        {
            return ReadStatus.TimedOut;
        }

        try
        {
            socket.ReceiveTimeout = Milliseconds(limit);
            int received = socket.Receive(_buffer.AsSpan(_end), SocketFlags.None, out SocketError error);
            if (error is SocketError.TimedOut or SocketError.WouldBlock)
            {
                return ReadStatus.TimedOut;
            }

            _end += received;
            return error == SocketError.Success && received > 0 ? ReadStatus.Done : ReadStatus.Closed;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return ReadStatus.Closed;
        }
    }
}
