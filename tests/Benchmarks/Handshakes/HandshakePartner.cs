namespace FifoDtls.Benchmarks;

/// <summary>A thread that does the other side's handshakes, one after the other.</summary>
internal sealed class HandshakePartner : IDisposable
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _ended = new(0);
    private readonly Thread _thread;
    private DtlsConnection? _connection;
    private Exception? _failure;

    internal HandshakePartner()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "partner" };
        _thread.Start();
    }

    /// <summary>Lets the thread do the handshake of a connection.</summary>
    internal void Begin(DtlsConnection connection)
    {
        _connection = connection;
        _begun.Release();
    }

    /// <summary>Waits until it is done.</summary>
    internal void End()
    {
        if (!_ended.Wait(Limit + TimeSpan.FromSeconds(5)))
        {
            throw new TimeoutException("The other side's handshake did not end.");
        }

        if (_failure is { } failure)
        {
            throw new DtlsException("The other side's handshake failed: " + failure.Message, failure);
        }
    }

    public void Dispose()
    {
        _connection = null;
        _begun.Release();
        _thread.Join();
        _begun.Dispose();
        _ended.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _begun.Wait(); // ended by Dispose
            if (_connection is not { } connection)
            {
                return;
            }

            try
            {
                connection.Handshake(Limit);
            }
            catch (Exception exception)
            {
                _failure = exception;
            }

            _ended.Release();
        }
    }
}
