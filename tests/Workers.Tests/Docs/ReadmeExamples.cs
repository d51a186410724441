using System.Net;
using System.Text;

namespace FifoDtls.Tests.Docs;

/// <summary>The README's examples, letter by letter between the markers; <see cref="ReadmeTests"/> compares and runs them.</summary>
internal static class ReadmeExamples
{
    internal static void EchoServer()
    {
#pragma warning disable IDE0011, IDE0300
        // begin EchoServer
        using var credentials = DtlsCredentials.FromPemFiles("server.pem", "server.key");
        using var context = new DtlsContext(new() { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
        using var endpoint = new DtlsEndpoint(new() { LocalEndPoint = new(IPAddress.IPv6Any, 4433), ServerContext = context, Session = Echo });
        Console.ReadLine();

        static void Echo(DtlsPeer peer) // on the peer's own thread, once the handshake is done
        {
            Span<byte> buffer = stackalloc byte[2048];
            while (peer.Receive(buffer) is { HasData: true } received) peer.Send(buffer[..received.Length]);
        }
        // end
    }

    internal static void EchoClient()
    {
        // begin EchoClient
        using var context = new DtlsContext(new() { TrustAnchors = DtlsCredentials.ReadCertificates("ca.pem") });
        using var endpoint = new DtlsEndpoint(new() { ClientContext = context });
        using DtlsPeer peer = endpoint.Connect("localhost", 4433); // verifies the server's certificate and name
        peer.Send("hello"u8);
        byte[] buffer = new byte[2048];
        DtlsReceiveResult reply = peer.Receive(buffer, TimeSpan.FromSeconds(5)); // a timeout, a close and a failure can be told apart
        Console.WriteLine(reply.HasData ? Encoding.UTF8.GetString(buffer, 0, reply.Length) : reply.Status);
        // end
    }
}
