using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FifoDtls.Tests.Docs;

/// <summary>The examples of docs/library.md, letter by letter between the markers; <see cref="LibraryGuideTests"/> compares and runs them.</summary>
internal static class LibraryExamples
{
    internal static void OwnThreads(CancellationToken stopping)
    {
        // begin OwnThreads
        using var credentials = DtlsCredentials.FromPemFiles("server.pem", "server.key");
        using var context = new DtlsContext(new() { Credentials = credentials, TrustAnchors = DtlsCredentials.ReadCertificates("ca.pem") });
        using var endpoint = new DtlsEndpoint(new() { LocalEndPoint = new(IPAddress.IPv6Any, 4433), ServerContext = context });
        try
        {
            while (true)
            {
                DtlsPeer peer = endpoint.Accept(stopping); // verified, and ours to dispose
                new Thread(() => Serve(peer)) { IsBackground = true }.Start();
            }
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopping."); // the using declarations close all peers with a close_notify, and then the socket
        }
        // end
    }

    internal static void Identity()
    {
        // begin Identity
        using var credentials = DtlsCredentials.FromPemFiles("client.pem", "client.key"); // and a password, if the key is encrypted
        using var context = new DtlsContext(new() { Credentials = credentials, TrustAnchors = DtlsCredentials.ReadCertificates("ca.pem") });
        using var endpoint = new DtlsEndpoint(new() { ClientContext = context });
        using DtlsPeer peer = endpoint.Connect(new IPEndPoint(IPAddress.Loopback, 4433), new DtlsConnectOptions { ServerName = "localhost" });
        Console.WriteLine($"{peer.Negotiated!.PeerCertificate!.Subject}, {peer.Negotiated.Version}, {peer.Negotiated.CipherSuite}");
        // end
        peer.Send("who am I?"u8);
        byte[] buffer = new byte[2048];
        DtlsReceiveResult answer = peer.Receive(buffer, TimeSpan.FromSeconds(30));
        Console.WriteLine(Encoding.UTF8.GetString(buffer, 0, answer.Length));
    }

    internal static void Batches(DtlsPeer peer)
    {
        // begin Batches
        byte[] buffer = new byte[80 * 1024]; // a further payload needs room for the largest there can be, 16 KiB
        int[] lengths = new int[64];
        while (peer.ReceiveBatch(buffer, lengths, out int count, Timeout.InfiniteTimeSpan) is { HasData: true } received)
        {
            peer.SendBatch(buffer.AsSpan(0, received.Length), lengths.AsSpan(0, count)); // an echo of all of them
        }
        // end
    }

    internal static DtlsEndpoint Limits(DtlsContext context, Action<DtlsPeer> session)
    {
        // begin Limits
        var endpoint = new DtlsEndpoint(new()
        {
            LocalEndPoint = new(IPAddress.IPv6Any, 4433),
            ServerContext = context,
            Session = session,
            MaxPeers = 5_000,                              // associations and handshakes together
            MaxHandshakes = 200,                           // accepted and not yet done
            HandshakeTimeout = TimeSpan.FromSeconds(15),   // for the whole of it
            FifoCapacity = 64,                             // datagrams that wait for one peer's thread
            MaxDatagramSize = 1_200,                       // what is sent
            WorkerStackSize = 512 << 10,                   // of a session's thread
            PeerEnded = peer => Console.WriteLine($"{peer.RemoteEndPoint}: {peer.End} {peer.Failure?.Message}"),
        });
        // end
        return endpoint;
    }

    internal static void Metrics()
    {
        // begin Metrics
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "FifoDtls") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Console.WriteLine($"{instrument.Name} {value} {instrument.Unit}"));
        listener.Start();
        listener.RecordObservableInstruments(); // whenever the levels and totals are wanted
        // end
    }

    internal static string OtherTransport(DtlsContext serverContext, DtlsContext clientContext)
    {
        // begin OtherTransport
        FifoTransport? atServer = null;
        var atClient = new FifoTransport(datagram => atServer!.Push(datagram)); // instead of a network: what one sends is the other's to take
        atServer = new FifoTransport(datagram => atClient.Push(datagram));
        using var server = new DtlsConnection(serverContext, atServer, DtlsRole.Server);
        using var client = new DtlsConnection(clientContext, atClient, DtlsRole.Client, new() { ServerName = "localhost" });

        var serverThread = new Thread(() => server.Handshake(TimeSpan.FromSeconds(10)));
        serverThread.Start();
        client.Handshake(TimeSpan.FromSeconds(10));
        serverThread.Join();

        client.Send("hello"u8);
        byte[] buffer = new byte[2048];
        DtlsReceiveResult received = server.Receive(buffer, TimeSpan.FromSeconds(5));
        // end
        return Encoding.UTF8.GetString(buffer, 0, received.Length);
    }

    internal static string? Psk()
    {
        // begin Psk
        using var serverContext = new DtlsContext(new() { ServerPsk = identity => FindKey(identity) }); // null refuses; the array is cleared after use
        using var clientContext = new DtlsContext(new() { ClientPsk = _ => new DtlsPsk("sensor-17", FindKey("sensor-17")!) });
        using var server = new DtlsEndpoint(new() { LocalEndPoint = new(IPAddress.Loopback, 0), ServerContext = serverContext });
        using var client = new DtlsEndpoint(new() { ClientContext = clientContext });
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        using DtlsPeer accepted = server.Accept();
        string? who = accepted.Negotiated!.PskIdentity; // "sensor-17"
        // end
        return who;
    }

    internal static bool Resumption(int port)
    {
        // begin Resumption
        var resumption = new DtlsResumptionOptions { Scope = "orders", Lifetime = TimeSpan.FromMinutes(30) };
        using var context = new DtlsContext(new() { TrustAnchors = DtlsCredentials.ReadCertificates("ca.pem"), Resumption = resumption });
        using var endpoint = new DtlsEndpoint(new() { ClientContext = context });
        DtlsSession? session;
        using (DtlsPeer first = endpoint.Connect("localhost", port))
        {
            session = first.ExportSession(); // holds secrets: store Export() like a private key, and dispose it
        }

        using DtlsPeer second = endpoint.Connect("localhost", port, new DtlsConnectOptions { Session = session });
        bool resumed = second.Negotiated!.WasResumed; // false means a full handshake: the session was too old, or the server did not know it
        session?.Dispose();
        // end
        return resumed;
    }

    internal static void Tickets(DtlsCredentials credentials, Action<DtlsPeer> session, byte[] key, byte[] cookieKey, Action<DtlsEndpoint> use)
    {
        // begin Tickets
        var resumption = new DtlsResumptionOptions
        {
            Scope = "orders",
            Lifetime = TimeSpan.FromMinutes(30),
            Tickets = new() { Key = key }, // 32 random bytes, the same at each server; none for keys of this server's own
        };
        using var context = new DtlsContext(new() { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None, Resumption = resumption });
        using var server = new DtlsEndpoint(new() { ServerContext = context, Session = session, CookieKey = cookieKey }); // cookies are shared by a key of their own
        // end
        use(server);
    }

    private static byte[]? FindKey(string identity) => identity == "sensor-17" ? [.. Enumerable.Range(1, 32).Select(number => (byte)number)] : null;

    // begin Serve
    private static void Serve(DtlsPeer peer)
    {
        using (peer)
        {
            try
            {
                string name = peer.Negotiated!.PeerCertificate!.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
                byte[] buffer = new byte[peer.Negotiated.MaxPayloadSize];
                while (true)
                {
                    DtlsReceiveResult received = peer.Receive(buffer, TimeSpan.FromMinutes(5));
                    switch (received.Status)
                    {
                        case DtlsReceiveStatus.Data: // one payload, as it was sent
                            peer.Send(Encoding.UTF8.GetBytes($"{received.Length} bytes from {name}"));
                            break;
                        case DtlsReceiveStatus.TimedOut: // silent for five minutes; disposing closes the association
                            return;
                        default: // closed by the peer, by this side, or replaced by a new association from the same address
                            return;
                    }
                }
            }
            catch (Exception exception) when (exception is DtlsException or ObjectDisposedException)
            {
                Console.WriteLine($"{peer.RemoteEndPoint}: {exception.Message}"); // an alert, or a close while we were sending
            }
        }
    }
    // end
}
