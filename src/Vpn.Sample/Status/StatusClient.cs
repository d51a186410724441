using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FifoVpn.Cli;

namespace FifoVpn.Status;

/// <summary>Asks a running node over its status socket. Not thread-safe.</summary>
internal sealed class StatusClient : IDisposable
{
    /// <summary>More than any answer: 20,000 peers have some 20 MB.</summary>
    private const int MaxAnswer = 64 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[64 << 10];

    /// <exception cref="ExitException">Nobody answers there.</exception>
    public StatusClient(string path)
    {
        _path = path;
        try
        {
            _socket.SendTimeout = _socket.ReceiveTimeout = (int)Limit.TotalMilliseconds;
            _socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception)
        {
            _socket.Dispose();
            throw Failed(exception.SocketErrorCode == SocketError.AccessDenied
                ? "this user may not connect; be root or of the socket's group"
                : $"{exception.Message}; does the node run, and is this its statusSocket?");
        }
    }

    public NodeStatus Status() => JsonSerializer.Deserialize(StatusText(), StatusJson.Default.NodeStatus) ?? throw Failed("the answer is empty");

    /// <summary>The status as the node tells it, one line of JSON.</summary>
    public string StatusText() => Ask(StatusServer.StatusRequest);

    public PingStatus Ping(string peer) =>
        JsonSerializer.Deserialize(Ask($"{StatusServer.PingRequest} {peer}"), StatusJson.Default.PingStatus) ?? throw Failed("the answer is empty");

    public void Dispose() => _socket.Dispose();

    /// <exception cref="ExitException">The node does not answer, or says that the request is wrong.</exception>
    private string Ask(string request)
    {
        string answer;
        try
        {
            _socket.Send(Encoding.UTF8.GetBytes($"{request}\n"));
            answer = ReadLine();
        }
        catch (SocketException exception)
        {
            throw Failed(exception.Message);
        }

        if (answer.StartsWith("{\"error\":", StringComparison.Ordinal) && JsonSerializer.Deserialize(answer, StatusJson.Default.StatusError) is { } error)
        {
            throw new ExitException(error.Peers is null ? ExitCode.NoAnswer : ExitCode.Usage, error.Error);
        }

        return answer;
    }

    private string ReadLine()
    {
        using MemoryStream line = new();
        while (true)
        {
            int received = _socket.Receive(_buffer);
            if (received == 0)
            {
                throw Failed("it has closed the connection");
            }

            ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, received);
            int end = bytes.IndexOf((byte)'\n'); // one request, one answer: nothing can come behind it
            line.Write(end < 0 ? bytes : bytes[..end]);
            if (end >= 0)
            {
                return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
            }

            if (line.Length > MaxAnswer)
            {
                throw Failed($"the answer has more than {MaxAnswer} bytes");
            }
        }
    }

    private ExitException Failed(string reason) => new(ExitCode.NoAnswer, $"no answer at {_path}: {reason}");
}
