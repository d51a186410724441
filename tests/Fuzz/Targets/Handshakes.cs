using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Fuzz;

/// <summary>Real handshakes in memory, to begin with and to interfere with.</summary>
internal static class Handshakes
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly Lazy<DtlsContext> LazyServer = new(() => Make(TestPki.Server));
    private static readonly Lazy<DtlsContext> LazyClient = new(() => Make(TestPki.Client));

    /// <summary>Requires client certificates of the test authority.</summary>
    internal static DtlsContext Server => LazyServer.Value;

    /// <summary>Has a certificate, and trusts the test authority.</summary>
    internal static DtlsContext Client => LazyClient.Value;

    /// <summary>Small datagrams, so that messages come in fragments.</summary>
    internal static FifoTransportOptions Fifo => new() { MaxDatagramSize = 600 };

    internal static void Complete(DtlsConnection client, DtlsConnection server)
    {
        BlockingThread other = BlockingThread.Start("server", () => server.Handshake(Limit));
        client.Handshake(Limit);
        other.Join(Limit);
    }

    internal static CapturedHandshake Capture()
    {
        using var link = new MemoryLink(Fifo);
        using var client = new DtlsConnection(Client, link.Client, DtlsRole.Client);
        using var server = new DtlsConnection(Server, link.Server, DtlsRole.Server);
        Complete(client, server);
        client.Send("to the server"u8);
        server.Send("to the client"u8);
        return new CapturedHandshake(link.ToServer.Sent, link.ToClient.Sent);
    }

    private static DtlsContext Make(X509Certificate2 certificate)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [TestPki.Ca], ClientCertificates = DtlsClientCertificates.Required });
    }
}
