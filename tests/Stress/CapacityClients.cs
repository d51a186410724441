using System.Collections.Concurrent;
using System.Net;

namespace FifoDtls.Stress;

/// <summary>The many clients of <c>capacity</c>: one socket each, and a few threads for all, because idle clients need none.</summary>
internal static class CapacityClients
{
    private const int Threads = 4;
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Connects all, says so in one line, and closes at the end of the input.</summary>
    internal static void Run(NetworkAddress to, int peers)
    {
        using var context = new DtlsContext(new DtlsContextOptions { VerifyServer = false });
        IPEndPoint server = to.ToEndPoint();
        var connections = new ConcurrentBag<DtlsConnection>();
        Exception? failure = null;
        int left = peers;
        Thread[] threads = new Thread[Threads];
        for (int i = 0; i < Threads; i++)
        {
            threads[i] = new Thread(Connect) { IsBackground = true, Name = "clients" };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (failure is not null)
        {
            throw failure;
        }

        Console.WriteLine("connected");
        Console.In.ReadToEnd();
        foreach (DtlsConnection connection in connections)
        {
            connection.Dispose();
        }

        void Connect()
        {
            try
            {
                while (Interlocked.Decrement(ref left) >= 0 && Volatile.Read(ref failure) is null)
                {
                    var connection = new DtlsConnection(context, new SocketTransport(server), DtlsRole.Client);
                    connections.Add(connection);
                    connection.Handshake(HandshakeTimeout);
                }
            }
            catch (Exception exception)
            {
                Volatile.Write(ref failure, exception);
            }
        }
    }
}
